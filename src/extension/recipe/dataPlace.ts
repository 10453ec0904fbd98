import { dirname, resolve } from 'node:path';
import type { JsonValue } from '../../core/recipe/recipeText';
import type { DataPlace } from './dataFacts';

/** The file of labels and its columns, as far as a recipe names them. */
export interface LabelsFields {
  readonly file?: string;
  readonly image?: string;
  readonly label?: string;
  readonly group?: string;
}

/** What a recipe says of its data. Paths are as written. */
export interface DataFields {
  readonly folder?: string;
  readonly labels?: LabelsFields;
}

/** Reads them from a recipe that may be wrong. */
export function dataFields(recipe: JsonValue | undefined): DataFields {
  const data = fieldOf(recipe, 'data');
  const labels = fieldOf(data, 'labels');
  return {
    folder: text(data, 'folder'),
    labels: isObject(labels)
      ? {
          file: text(labels, 'file'),
          image: text(labels, 'image'),
          label: text(labels, 'label'),
          group: text(labels, 'group'),
        }
      : undefined,
  };
}

/** Where the images of a recipe are; undefined where it does not say. `file` is the recipe's. */
export function dataPlace(recipe: JsonValue | undefined, file: string): DataPlace | undefined {
  const { folder, labels } = dataFields(recipe);
  if (folder === undefined) return undefined;
  const at = (path: string): string => resolve(dirname(file), path);
  if (!labels) return { folder: at(folder) };
  if (labels.file === undefined || labels.label === undefined) return undefined;
  return { folder: at(folder), labels: { file: at(labels.file), label: labels.label } };
}

/** A field of a value that may be no object. */
export function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined;
}

function text(value: JsonValue | undefined, name: string): string | undefined {
  const found = fieldOf(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
