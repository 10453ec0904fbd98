import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The backend with SIMD. The one with threads does not start under Node (tensorflow/tfjs#3830). */
const BINARY = 'tfjs-backend-wasm-simd.wasm';

/** Of a program for Node, the compiler does not know that it has this. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { validate(module: Uint8Array): boolean; compile(module: Uint8Array): Promise<unknown> };
};

/** A module of one function that uses a vector instruction: a machine without them refuses it. */
const VECTOR_PROBE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one of type 0
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b], // code: i32.const 0, i8x16.splat
]);

/** The embedded engine's binary: beside a bundled program, or else in the package that it comes from. */
export function wasmBinary(): string {
  const shipped = join(__dirname, 'wasm', BINARY);
  if (existsSync(shipped)) return shipped;
  const manifest = createRequire(__filename).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return join(dirname(manifest), 'dist', BINARY);
}

/** Whether this machine runs WebAssembly with vector instructions. */
export function hasWasmVectors(): boolean {
  return WebAssembly.validate(VECTOR_PROBE);
}

/** Compiles the binary, or throws what keeps it from running. */
export async function compileWasm(): Promise<void> {
  await WebAssembly.compile(await readFile(wasmBinary()));
}
