import { t } from '../../protocol/language';
import { plainName } from '../plainName';
import type { FineTuneCase } from './fourCases';

/** A class of the data, and how many images it has. */
export interface ClassCount {
  readonly name: string;
  readonly images: number;
}

/** What a new recipe is written from. */
export interface RecipeDraft {
  readonly name: string;
  /** As it stands in the recipe: relative, with forward slashes. */
  readonly folder: string;
  readonly labels?: {
    readonly file: string;
    readonly image: string;
    readonly label: string;
    readonly group?: string;
  };
  readonly classes: readonly ClassCount[];
  readonly model: string;
  readonly fineTuneCase: FineTuneCase;
  readonly freeze: readonly string[];
}

const WIDTH = 108;
/** Characters of a name that is made from a folder's. */
const MOST_OF_NAME = 60;
const MOST_NAMED = 8;

/** The text of a new recipe, with a comment that says why it freezes what it freezes. */
export function draftRecipe(draft: RecipeDraft): string {
  const { name, folder, labels, classes, model, fineTuneCase, freeze } = draft;
  const comment = wrap(t('Case {0}: {1} {2}', fineTuneCase.number, sentenceOf(classes), fineTuneCase.why));
  const data = labels ? { folder, labels } : { folder };
  const fields = [
    ['name', name],
    ['data', data],
    ['model', model],
    ['weights', fineTuneCase.weights],
    ['classes', classes.length],
    ['freeze', freeze],
    ['optimizer', { type: 'sgd', lr: 0.001, momentum: 0.9 }],
    ['scheduler', { type: 'step', stepSize: 7, gamma: 0.1 }],
    ['epochs', 25],
  ] as const;
  const lines = fields.map(([field, value]) => `  "${field}": ${write(value)}`);
  return `{\n${comment.map(line => `  // ${line}\n`).join('')}${lines.join(',\n')}\n}\n`;
}

/** A name for a recipe from that of a folder: short enough to read in lists. */
export function recipeName(name: string): string {
  return plainName(name, MOST_OF_NAME);
}

/** "341 pictures of 2 classes (healthy 120, sick 221)." */
export function sentenceOf(classes: readonly ClassCount[]): string {
  const images = classes.reduce((sum, { images }) => sum + images, 0);
  const named = classes
    .slice(0, MOST_NAMED)
    .map(({ name, images }) => `${name} ${images.toLocaleString('en')}`);
  if (classes.length > MOST_NAMED) named.push(t('{0} more', classes.length - MOST_NAMED));
  return t(
    '{0} pictures of {1} classes ({2}).',
    images.toLocaleString('en'),
    classes.length,
    named.join(', '),
  );
}

function write(value: unknown): string {
  const line = writeLine(value);
  if (!Array.isArray(value) || line.length + 14 <= WIDTH) return line;
  return `[\n${value.map(entry => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
}

function writeLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{ ${fields.map(([name, field]) => `${JSON.stringify(name)}: ${writeLine(field)}`).join(', ')} }`;
}

function wrap(text: string): readonly string[] {
  // A name may hold anything; a line break would end the comment.
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + word.length + 1 > WIDTH - 5) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
