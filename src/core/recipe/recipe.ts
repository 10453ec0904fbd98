/** Everything that says how to fine-tune, with its defaults filled in. `media/recipe.schema.json` describes the text. */
export interface Recipe {
  readonly name: string;
  readonly data: DataRecipe;
  readonly model: string;
  /** `imagenet`, `none`, or the path of a `.safetensors`, `.pth` or `.pt` file. */
  readonly weights: string;
  /** Output classes; undefined: as many as the data has. */
  readonly classes: number | undefined;
  /** Module paths such as `layer1.0`; a parent freezes all below it. */
  readonly freeze: readonly string[];
  /** Stages that follow, in order, each of which unfreezes more of the layers. */
  readonly unfreeze: readonly UnfreezeStage[] | undefined;
  readonly frozenBatchNorm: 'eval' | 'train';
  /** Of the cross-entropy that is minimized: share of each answer that is spread over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** What classes count in the loss, by name, 1 where nothing is said; `balanced`: all the same, however many pictures they have. */
  readonly classWeights: 'balanced' | Readonly<Record<string, number>> | undefined;
  /** `weighted`: drawn with replacement, every class as often as any other. */
  readonly sampling: 'shuffle' | 'weighted';
  readonly optimizer: OptimizerRecipe;
  readonly scheduler: SchedulerRecipe;
  readonly averaging: AveragingRecipe | undefined;
  readonly epochs: number;
  readonly earlyStopping: EarlyStoppingRecipe | undefined;
  readonly batchSize: number;
  readonly seed: number;
  /** Side of the square the model sees, in pixels. */
  readonly imageSize: number;
  readonly augment: 'none' | 'flip' | 'crop-flip' | 'randaugment';
  /** Mixes each training picture with another, by shares of the distribution Beta(alpha, alpha). */
  readonly mixup: { readonly alpha: number } | undefined;
  /** With `crop-flip` and `randaugment`: crops of a picture whose features are kept; undefined: new crops in every epoch. */
  readonly cachedViews: number | undefined;
  /** Of the features that are kept of the frozen part. */
  readonly cachedPrecision: 'float32' | 'bfloat16';
  readonly engine: 'auto' | 'tensorflow' | 'webgpu' | 'wasm' | 'torchrun';
  /** What TensorFlow computes on: `gpu:1` is the second GPU. */
  readonly device: 'auto' | 'cpu' | 'gpu' | `gpu:${number}`;
  /** How the engine torchrun shares the work; undefined: on this machine, with a process for each GPU. */
  readonly distributed: DistributedRecipe | undefined;
  /** Of the convolutions' products; weights, sums, losses and statistics are float32 always. */
  readonly precision: 'float32' | 'bfloat16';
}

/** From `epoch` on, counted from 0, `freeze` and, where it is given, the optimizer's `lr` are these. */
export interface UnfreezeStage {
  readonly epoch: number;
  readonly freeze: readonly string[];
  readonly lr: number | undefined;
}

/** Where the images are and how they are labelled. Paths are absolute once a recipe is parsed. */
export interface DataRecipe {
  readonly folder: string;
  /** Share held out for the test phase where the folder has no test folder of its own, in (0, 1). */
  readonly test: number;
  readonly labels: LabelsRecipe | undefined;
  /** A CSV of corrected labels; undefined: `corrections.csv` in the folder, where there is one. */
  readonly corrections?: string | undefined;
}

/** A CSV of labels: `image`, `label` and `group` name columns. */
export interface LabelsRecipe {
  readonly file: string;
  readonly image: string;
  readonly label: string;
  readonly group: string | undefined;
}

/** Machines and processes that train together, each on its share of every batch. */
export interface DistributedRecipe {
  readonly nodes: number;
  /** Undefined: as many as the machine has GPUs, or one. */
  readonly processesPerNode: number | undefined;
  /** `host:port` of the machine that leads; undefined only where there is one machine. */
  readonly rendezvous: string | undefined;
  /** How often all processes are started again, from the last epoch, after one has failed. */
  readonly maxRestarts: number;
}

/** An engine of this process. */
export type LocalEngine = Exclude<Recipe['engine'], 'torchrun'>;

export type OptimizerRecipe = { readonly groups?: readonly ParameterGroup[] } & (
  | { readonly type: 'sgd'; readonly lr: number; readonly momentum: number; readonly weightDecay: number }
  | {
      readonly type: 'adam' | 'adamw';
      readonly lr: number;
      readonly betas: readonly [number, number];
      readonly eps: number;
      readonly weightDecay: number;
    }
);

/** Modules, with all below them, that have a learning rate of their own; the scheduler changes it as it does the optimizer's. */
export interface ParameterGroup {
  readonly modules: readonly string[];
  readonly lr: number;
}

/** `ema`: what is tested and kept is the exponential moving average of the weights, by this decay per step. */
export interface AveragingRecipe {
  readonly type: 'ema';
  readonly decay: number;
}

/** `warmupEpochs`: over so many, the learning rate first rises from a third. */
export type SchedulerRecipe = { readonly warmupEpochs: number } & (
  | { readonly type: 'step'; readonly stepSize: number; readonly gamma: number }
  | { readonly type: 'cosine' }
  | { readonly type: 'none' }
);

/** Ends training after `patience` epochs whose test accuracy is not more than `minDelta` above the best before them. */
export interface EarlyStoppingRecipe {
  readonly patience: number;
  readonly minDelta: number;
}
