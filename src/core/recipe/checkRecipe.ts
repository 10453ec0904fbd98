import { Ajv, type ErrorObject } from 'ajv';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { t } from '../../protocol/language';
import { nearestName } from './nearestName';
import { expectation, fieldSchema, recipeSchema } from './recipeSchema';
import { fieldPath, MAX_PROBLEMS, readRecipeText, type JsonValue, type RecipeProblem } from './recipeText';

type Segments = readonly (string | number)[];

/** Where a text has a field: its name, its value, or the beginning of the object that lacks it. */
export type PlaceOfField = (
  segments: Segments,
  part: 'key' | 'value' | 'start',
) => Pick<RecipeProblem, 'offset' | 'length'>;

/** Everything that is wrong with a recipe's text, in the order of the text; empty when it is right. */
export function checkRecipe(text: string): readonly RecipeProblem[] {
  const { value, root, problems } = readRecipeText(text);
  if (value === undefined) return problems;
  return [...problems, ...checkFields(value, placesIn(root))].sort((a, b) => a.offset - b.offset);
}

/** What is wrong with the fields of a recipe. */
export function checkFields(recipe: JsonValue, placeOf: PlaceOfField): readonly RecipeProblem[] {
  validate ??= compile();
  if (validate(recipe)) return [];
  const problems = new Map<string, RecipeProblem>();
  const errors = validate.errors ?? [];
  for (const error of errors.slice(0, MAX_PROBLEMS)) {
    const problem = describe(error, recipe, placeOf, errors);
    if (problem && !problems.has(problem.path)) problems.set(problem.path, problem);
  }
  return [...problems.values()];
}

/** Compiled for the first recipe: that takes longer than all else that a program does at its start. */
let validate: ReturnType<typeof compile> | undefined;

function compile(): ReturnType<Ajv['compile']> {
  const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  ajv.addVocabulary(['enumDescriptions', 'defaultSnippets']);
  return ajv.compile(recipeSchema);
}

function describe(
  error: ErrorObject,
  recipe: JsonValue,
  placeOf: PlaceOfField,
  errors: readonly ErrorObject[],
): RecipeProblem | undefined {
  const segments = pointerSegments(error.instancePath, recipe);
  const params = error.params as { readonly missingProperty?: string; readonly additionalProperty?: string };
  switch (error.keyword) {
    case 'if':
      return undefined;
    case 'required': {
      const missing = [...segments, params.missingProperty!];
      const name = params.missingProperty!;
      const example = `${JSON.stringify(name)}: ${JSON.stringify(fieldSchema(missing)?.examples?.[0])}`;
      const message = t('{0} is missing; add it, such as {1}', fieldPath(missing), example);
      return { path: fieldPath(missing), message, ...placeOf(segments, 'start') };
    }
    case 'additionalProperties': {
      const unknown = [...segments, params.additionalProperty!];
      const belongs = segments.length === 0 && isOfNotebooks(params.additionalProperty!);
      const hint = belongs ? notebookHint() : suggestion(segments, params.additionalProperty!);
      const message = t('{0} is not a field of a recipe; {1}', fieldPath(unknown), hint);
      return { path: fieldPath(unknown), message, ...placeOf(unknown, 'key') };
    }
    case 'false schema': {
      const owner = segments.slice(0, -1);
      if (errors.some(other => other.instancePath === `/${owner.join('/')}/type`)) return undefined;
      const type = valueAt(recipe, [...owner, 'type']) ?? 'sgd';
      const message = t('{0} has no meaning for {1}; remove it', fieldPath(segments), JSON.stringify(type));
      return { path: fieldPath(segments), message, ...placeOf(segments, 'key') };
    }
    default: {
      const path = fieldPath(segments);
      const value = valueAt(recipe, segments);
      const what = path === '' ? t('the recipe') : path;
      const message = t('{0} must be {1}, not {2}', what, expectation(segments, value), shown(value));
      const isRun = path === 'weights' && typeof value === 'object' && value !== null && 'run' in value;
      const guess = isRun ? `; ${notebookHint()}` : guessValue(segments, value);
      return { path, message: path === '' ? message : message + guess, ...placeOf(segments, 'value') };
    }
  }
}

function notebookHint(): string {
  return t('it belongs in a notebook (*.thaw), whose cells build on the cells above');
}

function isOfNotebooks(name: string): boolean {
  return name === 'extends' || name === 'sweep';
}

function suggestion(segments: Segments, name: string): string {
  const names = Object.keys(fieldSchema(segments)?.properties ?? {}).filter(field => field !== '$schema');
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return t('did you mean {0}?', fieldPath([...segments, nearest]));
  const listed = names.join(', ');
  return segments.length === 0
    ? t('its fields are {0}', listed)
    : t('the fields of {0} are {1}', fieldPath(segments), listed);
}

function guessValue(segments: Segments, value: JsonValue | undefined): string {
  const allowed = fieldSchema(segments)?.enum ?? [];
  const nearest = typeof value === 'string' ? nearestName(value, allowed) : undefined;
  return nearest === undefined || allowed.length < 2 ? '' : t('; did you mean {0}?', JSON.stringify(nearest));
}

function shown(value: JsonValue | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? t('nothing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function pointerSegments(pointer: string, recipe: JsonValue): (string | number)[] {
  const segments: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    segments.push(Array.isArray(valueAt(recipe, segments)) ? Number(name) : name);
  }
  return segments;
}

function valueAt(value: JsonValue, segments: Segments): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const segment of segments) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Array.isArray(at) ? at[Number(segment)] : at[segment];
  }
  return at;
}

/** The places of fields in a text, out of its tree. */
export function placesIn(root: Node | undefined): PlaceOfField {
  return (segments, part) => {
    if (!root) return { offset: 0, length: 0 };
    // A field set from outside is not in the text: then its nearest parent is shown.
    for (let end = segments.length; end >= 0; end--) {
      const node = findNodeAtLocation(root, segments.slice(0, end));
      if (!node) continue;
      if (part === 'start' || end < segments.length) return { offset: node.offset, length: 1 };
      const key = part === 'key' ? node.parent?.children?.[0] : undefined;
      const { offset, length } = key ?? node;
      return { offset, length };
    }
    return { offset: 0, length: 0 };
  };
}
