import { basename, extname, resolve } from 'node:path';
import { t } from '../../protocol/language';
import { plainName } from '../plainName';
import { UserError } from '../userError';
import { checkFields, placesIn } from './checkRecipe';
import { applyOverride } from './overrides';
import { publishedImageSize } from './publishedImageSize';
import type {
  DataRecipe,
  DistributedRecipe,
  OptimizerRecipe,
  ParameterGroup,
  Recipe,
  SchedulerRecipe,
} from './recipe';
import { lineAndColumn, readRecipeText, type RecipeProblem } from './recipeText';
import { DEFAULT_EPOCHS } from './stages';

export interface ParseOptions {
  /** The recipe's folder: relative paths are resolved against it. */
  readonly folder: string;
  /** The recipe's file: names the recipe in errors, and the run if the recipe has no name. */
  readonly file?: string;
  /** `path=value`, such as `optimizer.lr=0.01`: fields that replace the text's. */
  readonly set?: readonly string[];
}

const MOST_SHOWN = 10;

/** Reads a recipe and fills in its defaults. Throws one UserError that names everything that is wrong with it. */
export function parseRecipe(text: string, options: ParseOptions): Recipe {
  const { value, root, problems } = readRecipeText(text);
  if (value === undefined) throw refusal(problems, text, options);

  const unsettable: string[] = [];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const override of options.set ?? []) {
      const problem = applyOverride(value, override);
      if (problem !== undefined) unsettable.push(problem);
    }
  }
  const all = [...problems, ...checkFields(value, placesIn(root))].sort((a, b) => a.offset - b.offset);
  const set = unsettable.map(message => ({
    path: '--set',
    message: t('--set {0}', message),
    offset: 0,
    length: 0,
  }));
  if (all.length + set.length > 0) throw refusal([...set, ...all], text, options);
  return withDefaults(value as unknown as RecipeFields, options);
}

function refusal(problems: readonly RecipeProblem[], text: string, { file }: ParseOptions): UserError {
  return refuseRecipe(
    file === undefined ? t('The recipe') : t('The recipe {0}', basename(file)),
    problems,
    text,
  );
}

/** One UserError of all that is wrong with a recipe; `what` begins its sentence: "The recipe". */
export function refuseRecipe(what: string, problems: readonly RecipeProblem[], text: string): UserError {
  const sentences = problems.slice(0, MOST_SHOWN).map(({ path, message, offset }) => {
    if (path !== '') return message;
    const { line, column } = lineAndColumn(text, offset);
    return t('line {0}, column {1}: {2}', line, column, message);
  });
  if (problems.length > MOST_SHOWN) sentences.push(t('and {0} more', problems.length - MOST_SHOWN));
  const count = problems.length > 1 ? t(' ({0} mistakes)', problems.length) : '';
  return new UserError(t('{0} is not right{1}: {2}', what, count, sentences.join(t('; '))));
}

/** A recipe as it is written, once the schema has accepted it. */
interface RecipeFields {
  readonly name?: string;
  readonly data: {
    readonly folder: string;
    readonly test?: number;
    readonly labels?: {
      readonly file: string;
      readonly image: string;
      readonly label: string;
      readonly group?: string;
    };
    readonly corrections?: string;
  };
  readonly model: string;
  readonly weights?: string;
  readonly classes?: number;
  readonly freeze?: readonly string[];
  readonly unfreeze?: readonly {
    readonly epoch: number;
    readonly freeze?: readonly string[];
    readonly lr?: number;
  }[];
  readonly frozenBatchNorm?: Recipe['frozenBatchNorm'];
  readonly labelSmoothing?: number;
  readonly classWeights?: Recipe['classWeights'];
  readonly sampling?: Recipe['sampling'];
  readonly optimizer?: {
    readonly type?: OptimizerRecipe['type'];
    readonly lr?: number;
    readonly momentum?: number;
    readonly weightDecay?: number;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
    readonly groups?: readonly ParameterGroup[];
  };
  readonly scheduler?: {
    readonly type?: SchedulerRecipe['type'];
    readonly stepSize?: number;
    readonly gamma?: number;
    readonly warmupEpochs?: number;
  };
  readonly averaging?: { readonly type?: 'ema'; readonly decay?: number };
  readonly epochs?: number;
  readonly earlyStopping?: { readonly patience?: number; readonly minDelta?: number };
  readonly batchSize?: number;
  readonly seed?: number;
  readonly imageSize?: number;
  readonly augment?: Recipe['augment'];
  readonly mixup?: { readonly alpha?: number };
  readonly cachedViews?: number;
  readonly cachedPrecision?: Recipe['cachedPrecision'];
  readonly engine?: Recipe['engine'];
  readonly device?: Recipe['device'];
  readonly distributed?: {
    readonly nodes?: number;
    readonly processesPerNode?: number;
    readonly rendezvous?: string;
    readonly maxRestarts?: number;
  };
  readonly precision?: Recipe['precision'];
}

function withDefaults(fields: RecipeFields, { folder, file }: ParseOptions): Recipe {
  const weights = fields.weights ?? 'imagenet';
  return {
    name: fields.name ?? nameOf(file),
    data: dataRecipe(fields.data, folder),
    model: fields.model,
    weights: weights === 'imagenet' || weights === 'none' ? weights : resolve(folder, weights),
    classes: fields.classes,
    freeze: fields.freeze ?? [],
    unfreeze: fields.unfreeze?.map(({ epoch, freeze = [], lr }) => ({ epoch, freeze, lr })),
    frozenBatchNorm: fields.frozenBatchNorm ?? 'eval',
    labelSmoothing: fields.labelSmoothing ?? 0,
    classWeights: fields.classWeights,
    sampling: fields.sampling ?? 'shuffle',
    optimizer: optimizerRecipe(fields.optimizer ?? {}),
    scheduler: schedulerRecipe(fields.scheduler ?? {}),
    averaging: fields.averaging && { type: 'ema', decay: fields.averaging.decay ?? 0.999 },
    epochs: fields.epochs ?? DEFAULT_EPOCHS,
    earlyStopping: fields.earlyStopping && { patience: 5, minDelta: 0, ...fields.earlyStopping },
    batchSize: fields.batchSize ?? 32,
    seed: fields.seed ?? 0,
    imageSize: fields.imageSize ?? publishedImageSize(fields.model),
    augment: fields.augment ?? 'flip',
    mixup: fields.mixup && { alpha: fields.mixup.alpha ?? 0.2 },
    cachedViews: fields.cachedViews,
    cachedPrecision: fields.cachedPrecision ?? 'float32',
    engine: fields.engine ?? 'auto',
    device: fields.device ?? 'auto',
    distributed: fields.distributed && distributedRecipe(fields.distributed),
    precision: fields.precision ?? 'float32',
  };
}

function nameOf(file: string | undefined): string {
  return file === undefined ? 'recipe' : plainName(basename(file, extname(file)).replace(/\.thaw$/, ''));
}

function dataRecipe({ folder, test, labels, corrections }: RecipeFields['data'], base: string): DataRecipe {
  return {
    folder: resolve(base, folder),
    test: test ?? 0.2,
    labels: labels && {
      file: resolve(base, labels.file),
      image: labels.image,
      label: labels.label,
      group: labels.group,
    },
    ...(corrections === undefined ? {} : { corrections: resolve(base, corrections) }),
  };
}

function optimizerRecipe(fields: NonNullable<RecipeFields['optimizer']>): OptimizerRecipe {
  const { type = 'sgd', lr = 0.001 } = fields;
  const groups = fields.groups && { groups: fields.groups.map(({ modules, lr }) => ({ modules, lr })) };
  if (type === 'sgd') {
    return { type, lr, momentum: fields.momentum ?? 0.9, weightDecay: fields.weightDecay ?? 0, ...groups };
  }
  return {
    ...groups,
    type,
    lr,
    betas: fields.betas ?? [0.9, 0.999],
    eps: fields.eps ?? 1e-8,
    weightDecay: fields.weightDecay ?? (type === 'adamw' ? 0.01 : 0),
  };
}

function schedulerRecipe(fields: NonNullable<RecipeFields['scheduler']>): SchedulerRecipe {
  const { type = 'step', warmupEpochs = 0 } = fields;
  if (type !== 'step') return { type, warmupEpochs };
  return { type, stepSize: fields.stepSize ?? 7, gamma: fields.gamma ?? 0.1, warmupEpochs };
}

/** How work is shared where a recipe says no more than that. */
export function distributedRecipe(fields: NonNullable<RecipeFields['distributed']> = {}): DistributedRecipe {
  const { nodes = 1, processesPerNode, rendezvous, maxRestarts = 3 } = fields;
  return { nodes, processesPerNode, rendezvous, maxRestarts };
}
