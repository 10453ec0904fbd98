import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { insertChild, removeChild } from './editChildren';
import { fieldSchema } from './recipeSchema';
import { lineAndColumn, readRecipeText, type JsonValue } from './recipeText';

/** Sets a field, or removes it where `value` is undefined. `path` is that of the field: `['data', 'folder']`. */
export interface RecipeChange {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue | undefined;
}

/** Longest line that a list is written in. */
const MAX_COLUMNS = 110;

/**
 * The recipe's text with the changes made: nothing else moves, comments stay. Throws a UserError where the text cannot
 * be read.
 */
export function changeRecipe(text: string, changes: readonly RecipeChange[]): string {
  const { value, problems } = readRecipeText(text);
  const [problem] = problems;
  if (value === undefined && problem) {
    const { line } = lineAndColumn(text, problem.offset);
    throw new UserError(
      t('The recipe cannot be changed before line {0} is mended: {1}', line, problem.message),
    );
  }
  return changes.reduce(changeField, text);
}

function changeField(text: string, { path, value }: RecipeChange): string {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, [...path]);
  if (node) {
    if (value === undefined) return removeChild(text, childOf(node));
    if (isListOfText(value) && node.type === 'array') return changeList(text, path, node, value);
    return replace(text, node, jsonLine(value));
  }
  const name = path.at(-1);
  const above = path.slice(0, -1);
  const parent = root && findNodeAtLocation(root, above);
  if (value === undefined || typeof name !== 'string') return text;
  // What a cell of a notebook inherits may be changed in it: then the object around it is not there yet.
  if (!parent && above.length > 0) return changeField(text, { path: above, value: { [name]: value } });
  if (parent?.type !== 'object') return text;
  const fields = Object.keys(fieldSchema(above)?.properties ?? {});
  const order = above.length === 0 ? ['$schema', 'name', 'extends', ...fields] : fields;
  const before = order.slice(0, order.indexOf(name));
  const earlier = (parent.children ?? []).filter(child =>
    before.includes(String(child.children?.[0]?.value)),
  );
  return insertChild(text, parent, earlier.at(-1), `${JSON.stringify(name)}: ${jsonLine(value)}`);
}

/** What lies directly in the braces or brackets: of a field, the whole of its name and value. */
function childOf(node: Node): Node {
  return node.parent?.type === 'property' ? node.parent : node;
}

function changeList(
  text: string,
  path: readonly (string | number)[],
  list: Node,
  values: readonly string[],
): string {
  const old = list.children ?? [];
  const source = text.slice(list.offset, list.offset + list.length);
  const plain = old.every(({ type }) => type === 'string');
  if (plain && !/[\r\n]|\/\/|\/\*/.test(source)) return replaceLine(text, list, values);

  let changed = text;
  const elements = (): readonly Node[] => {
    const root = parseTree(changed);
    return (root && findNodeAtLocation(root, [...path]))?.children ?? [];
  };
  for (let index = old.length - 1; index >= 0; index--) {
    const { type, value } = old[index]!;
    const first = old.findIndex(other => other.value === value) === index;
    if (type === 'string' && first && values.includes(value as string)) continue;
    changed = removeChild(changed, elements()[index]!);
  }
  values.forEach((value, index) => {
    const present = elements();
    if (present.some(element => element.value === value)) return;
    const root = parseTree(changed)!;
    const before = values.slice(0, index);
    const previous = before.length === 0 ? undefined : present.find(({ value }) => value === before.at(-1));
    changed = insertChild(changed, findNodeAtLocation(root, [...path])!, previous, JSON.stringify(value));
  });
  return changed;
}

function replaceLine(text: string, list: Node, values: readonly string[]): string {
  const inline = jsonLine([...values]);
  const start = text.lastIndexOf('\n', list.offset - 1) + 1;
  if (list.offset - start + inline.length + 1 <= MAX_COLUMNS) return replace(text, list, inline);
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const step = indent.includes('\t') ? '\t' : '  ';
  const lines = values.map(value => `${indent}${step}${JSON.stringify(value)}`);
  return replace(text, list, `[${eol}${lines.join(`,${eol}`)}${eol}${indent}]`);
}

function replace(text: string, { offset, length }: Node, by: string): string {
  return text.slice(0, offset) + by + text.slice(offset + length);
}

function isListOfText(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string');
}

/** JSON in one line, with a space after each comma and colon. */
export function jsonLine(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${jsonLine(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
