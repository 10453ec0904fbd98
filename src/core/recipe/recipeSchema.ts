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
  name: 'text that can be the name of a folder',
  'distributed.rendezvous': 'a machine and a port, such as "node1:29400"',
  classWeights: '"balanced" or an object of weights by class, such as {"melanoma": 5}',
  device: '"auto", "cpu", "gpu" or the number of a GPU as "gpu:1"',
  weights: '"imagenet", "none" or the path of a .safetensors, .pth or .pt file',
};

/** What a field may hold, to follow "must be", said to someone who gave it `value`. */
export function expectation(segments: readonly (string | number)[], value: unknown): string {
  const field = fieldSchema(segments);
  if (!field) return 'something else';
  if (field.pattern !== undefined) return PATTERNS[segments.join('.')] ?? `text like ${field.pattern}`;
  if (field.enum) return oneOf(field.enum.map(allowed => JSON.stringify(allowed)));
  switch (field.type) {
    case 'integer':
      return `a whole number ${range(field, value)}`;
    case 'number':
      return `a number ${range(field, value)}`;
    case 'string':
      return value === '' ? 'text that is not empty' : 'text in quotes';
    case 'array': {
      const count = field.minItems === undefined ? '' : ` of ${field.minItems} ${field.items?.type}s`;
      return `a list${count}, such as ${JSON.stringify(field.examples?.[0])}`;
    }
    case 'object':
    case undefined:
    default:
      return `an object in braces, such as ${JSON.stringify(field.examples?.[0])}`;
  }
}

function oneOf(values: readonly string[]): string {
  if (values.length === 1) return values[0]!;
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function range(field: FieldSchema, value: unknown): string {
  const limits: string[] = [];
  if (field.exclusiveMinimum !== undefined) limits.push(`greater than ${field.exclusiveMinimum}`);
  if (field.minimum !== undefined) limits.push(`of at least ${field.minimum}`);
  if (field.exclusiveMaximum !== undefined) limits.push(`less than ${field.exclusiveMaximum}`);
  // Some upper limits are far away: they only matter to someone who went past them.
  if (typeof value === 'number' && value > (field.maximum ?? Infinity))
    limits.push(`at most ${field.maximum}`);
  return limits.join(' and ');
}
