import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { Network } from '../../../../src/core/engine/network';
import { buildGraph } from '../../../../src/core/model/graph';
import { preprocessingFor, type Model } from '../../../../src/core/model/model';
import type { TrainingPlan } from '../../../../src/core/model/trainingPlan';
import type { Recipe } from '../../../../src/core/recipe/recipe';
import type { EngineName } from '../../../../src/core/runtime/selectEngine';
import type { Targets } from '../../../../src/core/engine/targets';
import { CrossEntropyLoss } from '../../../../src/core/training/crossEntropyLoss';
import type { StateDict } from '../../../../src/core/weights/stateDict';
import { useSoftwareGpu } from '../webgpu/softwareGpu';

/** An engine that has to keep the contract, and how far from PyTorch's numbers it may be. */
export interface ContractEngine {
  readonly name: EngineName;
  /** Whether it is a program in a GPU's place here, to which as little is given as shows the same. */
  readonly slow?: boolean;
  /** Of logits, relative to the largest. */
  readonly logits: number;
  /** Of losses and of weights after training steps, absolute or relative to their size. */
  readonly training: number;
  /** Of the gradient of one operation, relative to its largest value. */
  readonly gradients: number;
}

const engines: readonly ContractEngine[] = [
  { name: 'tensorflow', logits: 1e-4, training: 1e-4, gradients: 1e-5 },
  { name: 'webgpu', slow: true, logits: 1e-4, training: 1e-4, gradients: 1e-5 },
  { name: 'wasm', logits: 1e-4, training: 1e-4, gradients: 1e-5 },
];

/** Describes for each engine what it has to do; of those of one process the last that was opened computes. */
export function describeEngines(
  title: string,
  define: (engine: ContractEngine) => void,
  except: readonly EngineName[] = [],
): void {
  for (const engine of engines.filter(({ name }) => !except.includes(name))) {
    describe(`${title}, on ${engine.name}`, function () {
      if (engine.slow) this.timeout(600_000);
      before(async () => {
        if (engine.name === 'webgpu') await useSoftwareGpu();
        await openEngine(engine.name);
      });
      define(engine);
    });
  }
}

/** A network of seed 0 on an engine. */
export async function networkOn(
  engine: EngineName,
  model: Model,
  plan: TrainingPlan,
  weights: StateDict,
  precision: Recipe['precision'] = 'float32',
): Promise<Network> {
  const { ops } = await openEngine(engine);
  const preprocessing = preprocessingFor(model, 224);
  return new Network(
    { root: model.root, graph: buildGraph(model.root), plan, preprocessing, seed: 0, precision },
    ops,
    weights,
  );
}

/** What plain cross-entropy asks of pictures with those labels. */
export function targetsOf(labels: readonly number[], classes: number): Targets {
  return new CrossEntropyLoss(classes).targets(labels);
}
