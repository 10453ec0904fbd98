import type { Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../../random';
import type { Ops } from '../ops';
import type { Variables } from '../variables';

/** What a forward pass leaves for the backward pass, beside the values of the graph. */
export interface Forward {
  readonly output: Tensor;
  /** Tensors that only this layer's backward pass reads; the network disposes them. */
  readonly saved?: readonly Tensor[];
}

/** What a backward pass reads. Input and output are present when the layer said that it reads them. */
export interface Backward {
  readonly dy: Tensor;
  readonly inputs: readonly Tensor[];
  readonly inputShapes: readonly (readonly number[])[];
  readonly output: Tensor | undefined;
  readonly saved: readonly Tensor[];
  /** Which inputs want a gradient. */
  readonly wants: readonly boolean[];
  /** Takes the gradient of a trainable parameter, by its name below the module (`weight`, `bias`). */
  readonly gradient: (name: 'weight' | 'bias', value: Tensor) => void;
}

/** One operation of the forward pass on an engine: a pure pair of functions around its variables. */
export interface EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput: boolean;
  /** `training` is whether this layer behaves as in `module.train()`. */
  forward(inputs: readonly Tensor[], training: boolean): Forward;
  /** The gradient of each input that wants one, as new tensors; `undefined` for the others. */
  backward(pass: Backward): readonly (Tensor | undefined)[];
}

/** What a layer is built from. */
export interface LayerContext {
  readonly ops: Ops;
  readonly variables: Variables;
  /** The module's path in the tree. */
  readonly path: string;
  /** Whether the module's own parameters train. */
  readonly trainable: boolean;
  /**
   * Random numbers of the current training step, for this module; `each`: how many a picture takes, so that its own do
   * not depend on the parts in which a batch is computed.
   */
  readonly random: (each: number) => Random;
}
