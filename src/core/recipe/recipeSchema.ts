import { t } from '../../protocol/language';
import schema from '../../../media/recipe.schema.json';

/** The part of JSON Schema that `media/recipe.schema.json` uses to say what a field may hold. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  /** Of fields that may have any name. */
  readonly additionalProperties?: boolean | FieldSchema;
  readonly items?: FieldSchema;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly examples?: readonly unknown[];
}

/** The schema of a recipe. */
export const recipeSchema: FieldSchema = schema;

/** The schema of a field; undefined where a recipe has none. */
export function fieldSchema(segments: readonly (string | number)[]): FieldSchema | undefined {
  let field: FieldSchema | undefined = recipeSchema;
  for (const segment of segments) {
    if (typeof segment === 'number') field = field.items;
    else
      field = Object.hasOwn(field.properties ?? {}, segment) ? field.properties?.[segment] : ofAnyName(field);
    if (!field) return undefined;
  }
  return field;
}

function ofAnyName({ additionalProperties }: FieldSchema): FieldSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

const PATTERNS: Readonly<Record<string, string>> = {
  get name() {
    return t('text that can be the name of a folder');
  },
  get 'distributed.rendezvous'() {
    return t('a machine and a port, such as "node1:29400"');
  },
  get classWeights() {
    return t('"balanced" or an object of weights by class, such as {"melanoma": 5}');
  },
  get device() {
    return t('"auto", "cpu", "gpu" or the number of a GPU as "gpu:1"');
  },
  get weights() {
    return t('"imagenet", "none" or the path of a .safetensors, .pth or .pt file');
  },
};

/** What a field may hold, to follow "must be", said to someone who gave it `value`. */
export function expectation(segments: readonly (string | number)[], value: unknown): string {
  const field = fieldSchema(segments);
  if (!field) return t('something else');
  if (field.pattern !== undefined) return PATTERNS[segments.join('.')] ?? t('text like {0}', field.pattern);
  if (field.enum) return oneOf(field.enum.map(allowed => JSON.stringify(allowed)));
  switch (field.type) {
    case 'integer':
      return t('a whole number {0}', range(field, value)).trim();
    case 'number':
      return t('a number {0}', range(field, value)).trim();
    case 'string':
      return value === '' ? t('text that is not empty') : t('text in quotes');
    case 'array': {
      const example = JSON.stringify(field.examples?.[0]);
      if (field.minItems === undefined) return t('a list, such as {0}', example);
      return field.items?.type === 'number'
        ? t('a list of {0} numbers, such as {1}', field.minItems, example)
        : t('a list of {0} strings, such as {1}', field.minItems, example);
    }
    case 'object':
    case undefined:
    default:
      return t('an object in braces, such as {0}', JSON.stringify(field.examples?.[0]));
  }
}

/** "a, b or c". */
export function oneOf(values: readonly string[]): string {
  if (values.length === 1) return values[0]!;
  return t('{0} or {1}', values.slice(0, -1).join(', '), values.at(-1)!);
}

function range(field: FieldSchema, value: unknown): string {
  const limits: string[] = [];
  if (field.exclusiveMinimum !== undefined) limits.push(t('greater than {0}', field.exclusiveMinimum));
  if (field.minimum !== undefined) limits.push(t('of at least {0}', field.minimum));
  if (field.exclusiveMaximum !== undefined) limits.push(t('less than {0}', field.exclusiveMaximum));
  // Some upper limits are far away: they only matter to someone who went past them.
  if (typeof value === 'number' && value > (field.maximum ?? Infinity))
    limits.push(t('at most {0}', field.maximum!));
  return limits.join(` ${t('and')} `);
}
