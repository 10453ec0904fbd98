import { fork, type ChildProcess } from 'node:child_process';
import { t } from '../../protocol/language';
import type { Sample } from '../dataset/dataset';
import type { BatchOptions } from '../image/batches';
import { UserError } from '../userError';
import type { FeatureBatch, FeatureComputer } from './featureComputer';
import type { FeatureJob, FeatureReply, FeatureRequest } from './featureMessages';
import { inOrder } from './trainingOrder';

/**
 * Several processes that each compute every so many-th batch. Batches are those of one process, and so is every bit of
 * them. The processes start with the first work and end when this is closed, the signal aborts or this process ends.
 */
export class FeatureProcesses implements FeatureComputer {
  private started: readonly FeatureProcess[] | undefined;

  constructor(
    private readonly program: string,
    readonly processes: number,
    private readonly job: FeatureJob,
    private readonly signal: AbortSignal,
  ) {}

  async *compute(
    samples: readonly Sample[],
    view: BatchOptions['view'],
    from: number,
  ): AsyncGenerator<FeatureBatch> {
    const { signal } = this;
    const { batchSize } = this.job.recipe;
    signal.throwIfAborted();
    this.started ??= inOrder(this.processes).map(
      () => new FeatureProcess(this.program, { kind: 'load', ...this.job }),
    );
    const abort = (): void => this.started?.forEach(each => each.end(signal.reason as Error));
    signal.addEventListener('abort', abort, { once: true });
    try {
      const indices = inOrder(samples.length).slice(from);
      const batchCount = Math.ceil(indices.length / batchSize);
      const batch = (index: number): number[] => indices.slice(index * batchSize, (index + 1) * batchSize);
      this.started.forEach((each, nth) => {
        const own = inOrder(batchCount).filter(index => index % this.processes === nth);
        each.send({ kind: 'compute', samples, view, order: own.flatMap(batch) });
      });
      for (let index = 0; index < batchCount; index++) {
        yield await this.started[index % this.processes]!.next();
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  close(): void {
    this.started?.forEach(each => each.end(new Error('closed')));
    this.started = undefined;
  }
}

/** One of them, and the batches that it has sent and nobody has taken yet. */
class FeatureProcess {
  private readonly child: ChildProcess;
  private readonly batches: FeatureBatch[] = [];
  private failure: Error | undefined;
  private wake = (): void => undefined;

  constructor(program: string, load: FeatureRequest) {
    this.child = fork(program, ['--features'], { serialization: 'advanced', execArgv: [] });
    this.child.on('message', (reply: FeatureReply) => {
      if (reply.kind === 'batch') this.batches.push(reply);
      else this.fail(reply.isUserError ? new UserError(reply.message) : new Error(reply.message));
      this.wake();
    });
    this.child.on('error', error => this.fail(error));
    this.child.on('exit', (code, signal) =>
      this.fail(crash(signal ? t('signal {0}', signal) : t('exit code {0}', code ?? ''))),
    );
    this.send(load);
  }

  send(request: FeatureRequest): void {
    // What keeps it from arriving is an end of the process, of which its event tells.
    this.child.send(request, () => undefined);
  }

  async next(): Promise<FeatureBatch> {
    while (this.batches.length === 0) {
      if (this.failure) throw this.failure;
      await new Promise<void>(resolve => (this.wake = resolve));
    }
    this.send({ kind: 'taken' });
    return this.batches.shift()!;
  }

  /** Ends the process at once; whoever waits for it gets the reason. */
  end(reason: Error): void {
    this.fail(reason);
    this.child.kill('SIGKILL');
  }

  /** The first thing that went wrong is the one to tell. */
  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}

function crash(how: string): UserError {
  return new UserError(
    t(
      'A process that computed features ended unexpectedly ({0}). Most likely the memory ran out: ' +
        'a smaller "batchSize" needs less, and so do fewer processes, as the setting "thaw.training.threads" or the variable OMP_NUM_THREADS says.',
      how,
    ),
  );
}
