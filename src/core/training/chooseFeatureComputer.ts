import { availableParallelism, freemem } from 'node:os';
import type { Sample } from '../dataset/dataset';
import type { Network } from '../engine/network';
import { batches, type BatchOptions } from '../image/batches';
import { countParameters } from '../model/stateDictShapes';
import type { FeatureBatch, FeatureComputer } from './featureComputer';
import { FeatureProcesses } from './featureProcesses';
import type { LoadedRun } from './loadedRun';
import type { PhaseDataOptions } from './phaseData';
import { inOrder } from './trainingOrder';

/** Memory that a process may take: beside the program's own, the weights as they are read, laid out and packed. */
const PROCESS_BYTES = 300e6;
const BYTES_PER_PARAMETER = 3 * Float32Array.BYTES_PER_ELEMENT;

/**
 * This process's network, or where the engine has a single thread, processes of `program`: one for each core, as far as
 * there is memory and work for them.
 */
export function chooseFeatureComputer(
  run: LoadedRun,
  options: PhaseDataOptions,
  program: string | undefined,
): FeatureComputer {
  const here = new ComputerHere(run.network, options);
  if (!run.engine.singleThreaded || program === undefined) return here;
  const { dataset, model, recipe, classes } = run;
  const share = PROCESS_BYTES + BYTES_PER_PARAMETER * countParameters(model.root);
  const most = Math.max(dataset.train.length, dataset.test.length) / recipe.batchSize;
  const count = Math.floor(Math.min(threads(), freemem() / share, most));
  if (count < 2) return here;
  const job = { recipe, engine: run.engine.name, outputs: classes.length };
  return new FeatureProcesses(program, count, job, options.signal);
}

/** As many as the setting for threads says, which comes as the variable that native libraries read. */
function threads(): number {
  return Number(process.env['OMP_NUM_THREADS']) || availableParallelism();
}

class ComputerHere implements FeatureComputer {
  readonly processes = 1;

  constructor(
    private readonly network: Network,
    private readonly options: PhaseDataOptions,
  ) {}

  async *compute(
    samples: readonly Sample[],
    view: BatchOptions['view'],
    from: number,
  ): AsyncGenerator<FeatureBatch> {
    const order = inOrder(samples.length).slice(from);
    for await (const batch of batches(samples, { ...this.options, order, view })) {
      yield { indices: batch.indices, features: await this.network.features(batch) };
    }
  }

  close(): void {
    // The network stays the run's.
  }
}
