import {
  add,
  concat,
  engine,
  exp,
  logSoftmax,
  mul,
  sub,
  sum,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Preprocessing } from '../image/preprocessing';
import { INPUT, operationParameters, type GraphNode } from '../model/graph';
import { parameterShapes, type Container } from '../model/layerTree';
import type { TrainingPlan } from '../model/trainingPlan';
import { isOutOfMemory } from '../outOfMemory';
import { Random } from '../random';
import type { Recipe } from '../recipe/recipe';
import type { StateDict } from '../weights/stateDict';
import { partsText, picturesIn, splitBatch, tooSmall, type BatchPart } from './batchParts';
import { foldConvolutions, type Fold } from './foldConvolutions';
import { createLayer } from './layers/createLayer';
import { FoldedConv2dLayer } from './layers/foldedConv2d';
import type { EngineLayer, Forward } from './layers/engineLayer';
import type { Ops } from './ops';
import type { Optimizer } from './optimizers';
import { readValues } from './readValues';
import type { Features, NetworkInput, Pictures } from './networkInput';
import type { Targets } from './targets';
import { Variables } from './variables';

export interface NetworkDefinition {
  readonly root: Container;
  readonly graph: readonly GraphNode[];
  readonly plan: TrainingPlan;
  readonly preprocessing: Preprocessing;
  /** Seeds dropout. */
  readonly seed: number;
  readonly precision: Recipe['precision'];
  /** Told when the engine's memory is too small for a batch, and what is done about it. */
  readonly note?: ((message: string) => void) | undefined;
}

/** What gives the value of node `index`. */
interface Step {
  readonly index: number;
  readonly inputs: readonly number[];
  readonly layer: EngineLayer;
}

/** When the values of nodes are no longer needed, for one list of nodes run in order. */
interface Schedule {
  readonly steps: readonly Step[];
  /** After node i, these values are disposed. */
  readonly release: ReadonlyMap<number, readonly number[]>;
}

/** How a plan is gone through. */
interface Way {
  readonly plan: TrainingPlan;
  readonly layers: readonly EngineLayer[];
  readonly folded: readonly FoldedConv2dLayer[];
  readonly prefix: Schedule;
  readonly suffix: Schedule;
  readonly training: Schedule;
  /** Keys of the parameters that train. */
  readonly trained: readonly string[];
  /** Keys of what a forward pass of training changes: batch norm's statistics. */
  readonly statistics: readonly string[];
}

/** A model on an engine: the forward pass, the backward pass down to the lowest trainable layer, and its values. */
export class Network {
  readonly variables: Variables;
  private way: Way;
  readonly ops: Ops;
  private taken = 0;
  /** In how many parts a batch is computed, and the first picture of the one that is now. */
  private parts = 1;
  private firstPicture = 0;

  constructor(
    private readonly definition: NetworkDefinition,
    ops: Ops,
    state: StateDict,
  ) {
    const { plan, root, precision } = definition;
    this.ops = ops.inPrecision(precision);
    this.variables = new Variables(root, state, this.ops);
    this.way = this.wayOf(plan);
  }

  /** Trains otherwise from now on; values, and the steps that were taken, stay. */
  follow(plan: TrainingPlan): void {
    for (const layer of this.way.folded) layer.dispose();
    this.way = this.wayOf(plan);
  }

  /** Steps of training taken so far: the random numbers of the next one depend on it. */
  get steps(): number {
    return this.taken;
  }

  /** Goes on as a network that has taken so many steps and holds what `changed` says. */
  resume(changed: StateDict, steps: number): void {
    this.variables.load(changed);
    this.taken = steps;
  }

  /**
   * One step of training on a batch: forward, the gradient of cross-entropy against `targets`, backward, the optimizer.
   * Returns the log-probabilities of the forward pass, [batch, classes].
   */
  async trainStep(
    input: NetworkInput,
    targets: Targets,
    optimizer: Optimizer,
    lr: number,
  ): Promise<Float32Array> {
    const [logProbabilities, ...gradients] = await this.withinMemory(
      input,
      part => this.gradients(part, targets),
      // The results one after the other, and the gradients added up: those of all parts may be more than the batch itself.
      ([results, ...sums], [result, ...more]) => [
        concat([results!, result!], 0),
        ...sums.map((sum, i) => add(sum, more[i]!)),
      ],
    );
    optimizer.step(new Map(this.way.trained.map((key, i) => [key, gradients[i]!])), lr);
    dispose(gradients);
    this.taken++;
    return readValues(logProbabilities!);
  }

  /** Log-probabilities [batch, classes] with every module as in `eval()`. */
  async evaluateStep(input: NetworkInput): Promise<Float32Array> {
    const [logProbabilities] = await this.inParts(input, values => {
      this.forward(this.way.suffix, values, false);
      return [logSoftmax(values.get(this.output)!)];
    });
    return readValues(logProbabilities!);
  }

  /** What the frozen prefix makes of pictures: the activations at each boundary node, in the order of `plan.boundary`. */
  async features(input: Pictures): Promise<readonly Features[]> {
    const { boundary } = this.way.plan;
    return featuresOf(await this.inParts(input, values => boundary.map(node => values.get(node)!)));
  }

  /**
   * Gradients of one logit of each picture, that of its entry in `classes`, with every module as in `eval()`: to the
   * values at each boundary node, in the order of `plan.boundary`. The plan must have gradients flow there.
   */
  async boundaryGradients(input: NetworkInput, classes: readonly number[]): Promise<readonly Features[]> {
    const { boundary } = this.way.plan;
    const tensors = await this.withinMemory(
      input,
      ({ input, from, to }) =>
        tidy(() => {
          const values = this.atBoundary(input);
          const saved = new Map<number, readonly Tensor[]>();
          const shapes = this.forward(this.way.training, values, false, saved);
          const [, count] = shapes.get(this.output) as [number, number];
          const chosen = new Float32Array((to - from) * count);
          for (let row = 0; row < to - from; row++) chosen[row * count + classes[from + row]!] = 1;
          const { flowing } = this.backward(tensor(chosen, [to - from, count]), values, shapes, saved);
          return boundary.map(node => flowing.get(node)!);
        }),
      joined,
    );
    return featuresOf(tensors);
  }

  dispose(): void {
    for (const layer of this.way.folded) layer.dispose();
    this.variables.dispose();
  }

  /** Log-probabilities of a part of a batch with those targets, and its share of the gradient of each of `trained`. */
  private gradients({ input, from, to }: BatchPart, { values: wanted, divisor }: Targets): Tensor[] {
    return tidy(() => {
      const values = this.atBoundary(input);
      const saved = new Map<number, readonly Tensor[]>();
      const shapes = this.forward(this.way.training, values, true, saved);
      const result = logSoftmax(values.get(this.output)!);
      const classes = result.shape[1]!;
      const targets = tensor(wanted.subarray(from * classes, to * classes), [to - from, classes]);
      // What is asked of a picture in all is 1 but where classes have weights.
      const asked = sum(targets, 1, true);
      const dLogits = mul(sub(mul(exp(result), asked), targets), 1 / divisor);
      const { gradients } = this.backward(dLogits, values, shapes, saved);
      return [result, ...this.way.trained.map(key => gradients.get(key)!)];
    });
  }

  /** What `compute` makes of the values at the boundary, for all pictures of a batch. */
  private inParts(
    input: NetworkInput,
    compute: (values: Map<number, Tensor>) => Tensor[],
  ): Promise<readonly Tensor[]> {
    return this.withinMemory(input, part => compute(this.atBoundary(part.input)), joined);
  }

  /**
   * Computes a batch in as few parts as the engine's memory allows: in twice as many where it was too small, with all
   * undone that a part has changed. More parts stay more parts. `join` makes one result of two.
   */
  private async withinMemory(
    input: NetworkInput,
    compute: (part: BatchPart) => Tensor[],
    join: (results: readonly Tensor[], more: readonly Tensor[]) => Tensor[],
  ): Promise<readonly Tensor[]> {
    const pictures = picturesIn(input);
    for (;;) {
      const before = this.variables.snapshot(this.way.statistics);
      let results: readonly Tensor[] = [];
      try {
        for (const part of splitBatch(input, Math.min(this.parts, pictures))) {
          this.firstPicture = part.from;
          const earlier = results;
          results = tidy(() => (part.from === 0 ? compute(part) : join(earlier, compute(part))));
          dispose(earlier);
          // Also bounds what waits to be computed.
          await this.ops.settle();
        }
        return results;
      } catch (error) {
        dispose(results);
        if (!isOutOfMemory(error)) throw error;
        if (this.parts >= pictures) throw tooSmall(error);
        this.variables.restore(before);
        await this.ops.settle();
        this.parts *= 2;
        this.definition.note?.(partsText(Math.ceil(pictures / this.parts), this.way.statistics.length > 0));
      } finally {
        before.dispose();
      }
    }
  }

  private get output(): number {
    return this.definition.graph.length - 1;
  }

  /** The values the suffix starts from. */
  private atBoundary(input: NetworkInput): Map<number, Tensor> {
    const { plan } = this.way;
    const { preprocessing } = this.definition;
    if ('features' in input) {
      return new Map(
        input.features.map(({ shape, values }, index) => [
          plan.boundary[index]!,
          tensor(values, [picturesIn(input), ...shape]),
        ]),
      );
    }
    const { pixels, size } = input;
    const shape = [picturesIn(input), size, size, 3];
    const image =
      pixels instanceof Float32Array
        ? tensor(pixels, shape)
        : this.ops.normalizePixels(pixels, shape, preprocessing.mean, preprocessing.std);
    const values = new Map([[INPUT, image]]);
    this.forward(this.way.prefix, values, false);
    return values;
  }

  /** Runs nodes in order; `saved` is given when a backward pass will follow. Returns the shape of every value seen. */
  private forward(
    { steps, release }: Schedule,
    values: Map<number, Tensor>,
    training: boolean,
    saved?: Map<number, readonly Tensor[]>,
  ): Map<number, readonly number[]> {
    const { plan } = this.way;
    const shapes = new Map([...values].map(([index, value]) => [index, value.shape as readonly number[]]));
    for (const { index, inputs, layer } of steps) {
      const result: Forward = layer.forward(
        inputs.map(input => values.get(input)!),
        training && plan.training[index]!,
      );
      values.set(index, result.output);
      shapes.set(index, result.output.shape);
      if (saved) saved.set(index, result.saved ?? []);
      else result.saved?.forEach(value => value.dispose());
      for (const done of release.get(index) ?? []) {
        values.get(done)?.dispose();
        values.delete(done);
      }
    }
    return shapes;
  }

  /**
   * Walks the suffix backwards; frees each activation as soon as nothing below reads it. Returns the gradients of
   * parameters by their keys, and those that flow to nodes below the suffix.
   */
  private backward(
    dOutput: Tensor,
    values: Map<number, Tensor>,
    shapes: ReadonlyMap<number, readonly number[]>,
    saved: ReadonlyMap<number, readonly Tensor[]>,
  ): { readonly gradients: ReadonlyMap<string, Tensor>; readonly flowing: ReadonlyMap<number, Tensor> } {
    const { graph } = this.definition;
    const { plan } = this.way;
    const gradients = new Map<string, Tensor>();
    const flowing = new Map([[this.output, dOutput]]);
    for (const index of [...plan.suffix].reverse()) {
      const dy = flowing.get(index);
      if (dy) {
        const node = graph[index]!;
        const wants = node.inputs.map(input => input !== INPUT && plan.needsGradient[input]!);
        const inputGradients = this.way.layers[index]!.backward({
          dy,
          inputs: node.inputs.map(input => values.get(input)!),
          inputShapes: node.inputs.map(input => shapes.get(input)!),
          output: values.get(index),
          saved: saved.get(index)!,
          wants,
          gradient: (name, value) => {
            const { key } = operationParameters(node.operation).find(each => each.name === name)!;
            gradients.set(node.path + key, value);
          },
        });
        dy.dispose();
        flowing.delete(index);
        node.inputs.forEach((input, i) => {
          const gradient = inputGradients[i];
          if (gradient) flowing.set(input, accumulate(flowing.get(input), gradient));
        });
      }
      saved.get(index)?.forEach(value => value.dispose());
      values.get(index)?.dispose();
      values.delete(index);
    }
    return { gradients, flowing };
  }

  private wayOf(plan: TrainingPlan): Way {
    const { graph, seed } = this.definition;
    const layers = graph.map((node, i) =>
      createLayer(node.operation, {
        ops: this.ops,
        variables: this.variables,
        path: node.path,
        trainable: plan.trainable[i]!,
        random: each => new Random(seed, 'dropout', this.taken, i).skip(this.firstPicture * each),
      }),
    );
    const trained = graph.flatMap(({ path, operation }, i) =>
      plan.trainable[i] ? operationParameters(operation).map(({ key }) => path + key) : [],
    );
    const statistics = graph.flatMap(({ path, operation }, i) =>
      plan.training[i] && operation.type === 'BatchNorm2d'
        ? parameterShapes(operation).flatMap(({ key, kind }) => (kind === 'buffer' ? [path + key] : []))
        : [],
    );
    const stepOf = (index: number): Step => ({ index, inputs: graph[index]!.inputs, layer: layers[index]! });
    const folds = foldConvolutions(graph, plan);
    const folded = folds.map(fold => new FoldedConv2dLayer(fold, this));
    const suffix = plan.suffix.map(stepOf);
    return {
      ...{ plan, layers, folded, trained, statistics },
      prefix: schedule(prefixSteps(graph, plan, folds, folded, stepOf), new Set(plan.boundary)),
      suffix: schedule(suffix, new Set([this.output])),
      training: schedule(suffix, new Set([this.output, ...readByBackward(graph, plan, layers)])),
    };
  }
}

/** The values that the backward pass reads: inputs and outputs of nodes that a gradient reaches. */
function readByBackward(
  graph: readonly GraphNode[],
  plan: TrainingPlan,
  layers: readonly EngineLayer[],
): readonly number[] {
  return plan.suffix
    .filter(index => plan.needsGradient[index])
    .flatMap(index => [
      ...(layers[index]!.readsInputs ? graph[index]!.inputs : []),
      ...(layers[index]!.readsOutput ? [index] : []),
    ]);
}

function prefixSteps(
  graph: readonly GraphNode[],
  plan: TrainingPlan,
  folds: readonly Fold[],
  layers: readonly FoldedConv2dLayer[],
  stepOf: (index: number) => Step,
): readonly Step[] {
  const folded = new Map<number, Step>();
  for (const [i, { nodes }] of folds.entries()) {
    const index = nodes.at(-1)!;
    folded.set(index, { index, inputs: graph[nodes[0]!]!.inputs, layer: layers[i]! });
  }
  const inside = new Set(folds.flatMap(({ nodes }) => nodes.slice(0, -1)));
  return plan.prefix.filter(index => !inside.has(index)).map(index => folded.get(index) ?? stepOf(index));
}

function schedule(steps: readonly Step[], keptValues: ReadonlySet<number>): Schedule {
  const lastReader = new Map<number, number>();
  for (const { index, inputs } of steps) {
    lastReader.set(index, index);
    for (const input of inputs) lastReader.set(input, index);
  }
  const release = new Map<number, number[]>();
  for (const [value, reader] of lastReader) {
    if (keptValues.has(value)) continue;
    release.set(reader, [...(release.get(reader) ?? []), value]);
  }
  return { steps, release };
}

/** How many tensors the engine holds: constant from epoch to epoch, or something leaks. */
export function tensorCount(): number {
  return engine().memory().numTensors;
}

/** The results of one part of a batch, and after them those of the next. */
function joined(results: readonly Tensor[], more: readonly Tensor[]): Tensor[] {
  return results.map((result, i) => concat([result, more[i]!], 0));
}

/** Reads tensors [pictures, ...shape] out of the engine. */
function featuresOf(tensors: readonly Tensor[]): Promise<readonly Features[]> {
  return Promise.all(
    tensors.map(async tensor => ({ shape: tensor.shape.slice(1), values: await readValues(tensor) })),
  );
}

function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

function accumulate(sum: Tensor | undefined, gradient: Tensor): Tensor {
  if (!sum) return gradient;
  const total = add(sum, gradient);
  sum.dispose();
  gradient.dispose();
  return total;
}
