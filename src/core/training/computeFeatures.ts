import { openEngine } from '../engine/chooseEngine';
import type { Network } from '../engine/network';
import { batches } from '../image/batches';
import { finish } from '../progress';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { startingWeights } from '../weights/startingWeights';
import { createNetwork } from './createNetwork';
import { describeModel, type ModelDescription } from './describeModel';
import { BATCHES_AHEAD, type FeatureJob, type FeatureReply, type FeatureRequest } from './featureMessages';

interface Loaded extends ModelDescription {
  readonly recipe: Recipe;
  readonly network: Network;
}

/** The other end of `FeatureProcesses`: computes what this process's parent asks for, until that goes. */
export function computeFeatures(): void {
  const { signal } = new AbortController();
  let loading: Promise<Loaded> | undefined;
  let work = Promise.resolve();
  let allowed = BATCHES_AHEAD;
  let wake = (): void => undefined;

  const compute = async (request: Extract<FeatureRequest, { kind: 'compute' }>): Promise<void> => {
    const { recipe, preprocessing, network } = await loading!;
    const { samples, order, view } = request;
    const { batchSize } = recipe;
    for await (const batch of batches(samples, { order, batchSize, preprocessing, view, signal })) {
      const features = await network.features(batch);
      while (allowed === 0) await new Promise<void>(resolve => (wake = resolve));
      allowed--;
      reply({ kind: 'batch', indices: batch.indices, features });
    }
  };

  process.on('disconnect', () => process.exit());
  process.on('message', (request: FeatureRequest) => {
    switch (request.kind) {
      case 'load':
        loading = load(request, signal);
        loading.catch(fail);
        break;
      case 'compute':
        work = work.then(() => compute(request)).catch(fail);
        break;
      case 'taken':
        allowed++;
        wake();
    }
  });
}

async function load({ recipe, engine: name, outputs }: FeatureJob, signal: AbortSignal): Promise<Loaded> {
  const engine = await openEngine(name);
  const described = { recipe, ...describeModel(recipe, outputs) };
  const { tensors } = await finish(startingWeights(described.model, recipe, { signal }));
  return { ...described, network: createNetwork(described, engine.ops, tensors) };
}

function fail(error: unknown): void {
  const isUserError = error instanceof UserError;
  const { message, stack } = error as Error;
  reply({ kind: 'failed', message: isUserError ? message : (stack ?? message), isUserError });
}

function reply(message: FeatureReply): void {
  process.send!(message);
}
