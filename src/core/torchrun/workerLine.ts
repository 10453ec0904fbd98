import type { TrainingEvent } from '../../protocol/trainingEvent';
import { isTrainingEvent } from '../run/checkEvent';
import { imageLost, lossRanAway, machinesDiffer } from '../trainingProblems';
import type { UserError } from '../userError';

/** What a process of PyTorch says in a line: an event of the training, or a word for the one who started it. */
export type WorkerLine =
  | TrainingEvent
  /** Who to ask to stop: the first process of this machine. Said again when torchrun starts the processes again. */
  | { readonly kind: 'worker'; readonly pid: number }
  /** torchrun has started the processes again; they go on from there. */
  | { readonly kind: 'startedAgain'; readonly epoch: number; readonly batch: number }
  | { readonly kind: 'ended'; readonly status: 'completed' | 'cancelled' }
  /** Trying again would end the same. */
  | { readonly kind: 'failed'; readonly problem: UserError };

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
  const { kind, pid, epoch, batch, status } = value as Readonly<Record<string, unknown>>;
  if (kind === 'worker' && Number.isSafeInteger(pid) && (pid as number) > 0)
    return { kind, pid: pid as number };
  if (kind === 'startedAgain' && typeof epoch === 'number' && typeof batch === 'number') {
    return { kind, epoch, batch };
  }
  if (kind === 'ended' && (status === 'completed' || status === 'cancelled')) return { kind, status };
  const problem = kind === 'failed' ? problemOf(value as Readonly<Record<string, unknown>>) : undefined;
  return problem && { kind: 'failed', problem };
}

/** What a process names as the reason of its failure: a `Failure` of world.py. */
function problemOf({
  why,
  epoch,
  lr,
  image,
  reason,
}: Readonly<Record<string, unknown>>): UserError | undefined {
  if (why === 'lossRanAway' && typeof epoch === 'number' && typeof lr === 'number')
    return lossRanAway(epoch, lr);
  if (why === 'imageLost' && typeof image === 'string' && typeof reason === 'string')
    return imageLost(image, reason);
  if (why === 'machinesDiffer') return machinesDiffer();
  return undefined;
}
