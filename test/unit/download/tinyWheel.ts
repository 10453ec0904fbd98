import { createHash } from 'node:crypto';
import type { WheelPin } from '../../../src/core/download/fetchWheel';
import { zipArchive } from '../weights/zipArchive';

/** A real wheel of a package of one file, small enough to hand to pip, and its pin. */
export function tinyWheel(name: string, version: string): { readonly wheel: Buffer; readonly pin: WheelPin } {
  const info = `${name}-${version}.dist-info`;
  const text = (path: string, lines: readonly string[]): { name: string; data: Buffer } => ({
    name: path,
    data: Buffer.from(lines.join('\n')),
  });
  const wheel = zipArchive([
    text(`${name}/weights.bin`, ['0123456789'.repeat(1000)]),
    text(`${info}/METADATA`, ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, '']),
    text(`${info}/WHEEL`, ['Wheel-Version: 1.0', 'Root-Is-Purelib: true', 'Tag: py3-none-any', '']),
    text(`${info}/RECORD`, ['']),
  ]);
  const pin: WheelPin = {
    name,
    version,
    file: `${name}-${version}-py3-none-any.whl`,
    sha256: createHash('sha256').update(wheel).digest('hex'),
    bytes: wheel.length,
  };
  return { wheel, pin };
}
