import { existsSync } from 'node:fs';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { t } from '../../../protocol/language';
import type { InstalledRuntime } from '../../runtime/findRuntime';
import { UserError } from '../../userError';

/** tfjs-node's native binding, as its backend takes it: `new NodeJSKernelBackend(binding, ...)`. */
export type NodeBinding = TFJSBinding;

interface StderrSwitch {
  mute(): void;
  restore(): void;
}

const loaded = new Map<string, NodeBinding>();

/**
 * Loads the installed engine into this process; no backend is registered. oneDNN computes whatever it can, also on
 * processors without AVX-512, where TensorFlow would leave it out but is slower by itself. TensorFlow's notices are hushed
 * unless TF_CPP_MIN_LOG_LEVEL is 0 or 1. A UserError says what to do when it cannot be loaded.
 */
export function loadTensorflowBinding(runtime: InstalledRuntime): NodeBinding {
  const known = loaded.get(runtime.binding);
  if (known) return known;
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  // A level of 2 or more, which a process started from here inherits, asks for as little.
  const level = Number(process.env['TF_CPP_MIN_LOG_LEVEL'] ?? 2);
  const quiet = level >= 2 ? stderrSwitch(runtime) : undefined;
  // Errors still come back as exceptions; what is hushed are notices, and warnings about plug-ins met twice.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  quiet?.mute();
  try {
    const binding = loadAddon<NodeBinding>(runtime.binding);
    loaded.set(runtime.binding, binding);
    return binding;
  } catch (error) {
    throw new UserError(
      t(
        'TensorFlow {0} in {1} could not be loaded ({2}): ' +
          'run `thaw doctor`, or delete that folder and run `thaw runtime install` again',
        runtime.version,
        runtime.folder,
        (error as Error).message,
      ),
      { cause: error },
    );
  } finally {
    quiet?.restore();
  }
}

function stderrSwitch({ stderrSwitch: file }: InstalledRuntime): StderrSwitch | undefined {
  return existsSync(file) ? loadAddon<StderrSwitch>(file) : undefined;
}

/** Not `require`: the file is outside of every package, and a bundler must not look for it. */
function loadAddon<Exports>(file: string): Exports {
  const holder = { exports: {} };
  process.dlopen(holder, file);
  return holder.exports as Exports;
}
