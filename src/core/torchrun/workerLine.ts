import type { TrainingEvent } from '../../protocol/trainingEvent';
import { isTrainingEvent } from '../run/checkEvent';

/** What a process of PyTorch says in a line: an event of the training, or a word for the one who started it. */
export type WorkerLine =
  | TrainingEvent
  /** Who to ask to stop: the first process of this machine. Said again when torchrun starts the processes again. */
  | { readonly kind: 'worker'; readonly pid: number }
  /** torchrun has started the processes again; they go on from there. */
  | { readonly kind: 'startedAgain'; readonly epoch: number; readonly batch: number }
  | { readonly kind: 'ended'; readonly status: 'completed' | 'cancelled' }
  /** A sentence; trying again would end the same. */
  | { readonly kind: 'failed'; readonly message: string };

/** Reads a line; undefined for what is none of these, such as the words of a library. */
export function readWorkerLine(text: string): WorkerLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isTrainingEvent(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, pid, epoch, batch, status, message } = value as Readonly<Record<string, unknown>>;
  if (kind === 'worker' && Number.isSafeInteger(pid) && (pid as number) > 0)
    return { kind, pid: pid as number };
  if (kind === 'startedAgain' && typeof epoch === 'number' && typeof batch === 'number') {
    return { kind, epoch, batch };
  }
  if (kind === 'ended' && (status === 'completed' || status === 'cancelled')) return { kind, status };
  if (kind === 'failed' && typeof message === 'string') return { kind, message };
  return undefined;
}
