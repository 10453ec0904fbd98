import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';

/** A value of a JSON document. Objects have no prototype: a key such as `__proto__` is a key like any other. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

/** What is wrong with a recipe's text, and where. Offset and length count UTF-16 code units. */
export interface RecipeProblem {
  /** The field, such as `optimizer.lr`; empty for what is wrong with the text itself. */
  readonly path: string;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

export interface RecipeText {
  /** Undefined when the text cannot be read. */
  readonly value: JsonValue | undefined;
  readonly root: Node | undefined;
  readonly problems: readonly RecipeProblem[];
}

/** A kind of document, as its reading and its mistakes are worded. */
export interface JsonDialect {
  /** What its texts are. */
  readonly what: 'recipe' | 'notebook';
  readonly comments: boolean;
  /** Whether its file is written again from its values: a number past all others would come back as null. */
  readonly rewritten: boolean;
  readonly maxCharacters: number;
  /** The smallest document that is right. */
  readonly least: string;
}

/** Longest recipe, in UTF-16 code units, and in bytes of a file that is read as one. */
const MAX_RECIPE_CHARACTERS = 1_000_000;
export const MAX_RECIPE_BYTES = 4 * MAX_RECIPE_CHARACTERS;

const RECIPE: JsonDialect = {
  what: 'recipe',
  comments: true,
  rewritten: false,
  maxCharacters: MAX_RECIPE_CHARACTERS,
  least: '{ "data": { "folder": "images" }, "model": "resnet18" }',
};
const MAX_DEPTH = 32;
/** Mistakes that are told: a text may be made of them. */
export const MAX_PROBLEMS = 100;

/** Reads JSON with comments. Problems are those of syntax: a trailing comma, a missing brace, a field given twice. */
export function readRecipeText(text: string): RecipeText {
  return readJsonText(text, RECIPE);
}

/** Reads a JSON document of another kind as strictly. */
export function readJsonText(text: string, dialect: JsonDialect): RecipeText {
  const source = text.replace(/^\uFEFF/, ' ');
  const refusal = refuse(source, dialect);
  if (refusal) {
    return { value: undefined, root: undefined, problems: [{ path: '', ...refusal }] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: !dialect.comments });
  if (errors.length > 0 || !root) {
    return { value: undefined, root: undefined, problems: syntaxProblems(source, errors, dialect) };
  }
  const problems: RecipeProblem[] = [];
  const value = valueOf(root, '', problems);
  for (const problem of dialect.rewritten ? infiniteNumbers(root, '') : []) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(problem);
  }
  return { value, root, problems };
}

/** `optimizer.lr`, `freeze[0]`. */
export function fieldPath(segments: readonly (string | number)[]): string {
  return segments.reduce<string>(
    (path, segment) =>
      typeof segment === 'number' ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`,
    '',
  );
}

/** Line and column of an offset, both counted from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function nounOf({ what }: JsonDialect): string {
  return what === 'recipe' ? t('recipe') : t('notebook');
}

type Flaw = Omit<RecipeProblem, 'path'>;

function refuse(text: string, dialect: JsonDialect): Flaw | undefined {
  const { maxCharacters, least } = dialect;
  if (text.trim() === '') {
    return {
      message: t('the {0} is empty; the least it needs is {1}', nounOf(dialect), least),
      offset: 0,
      length: 0,
    };
  }
  if (text.length > maxCharacters) {
    const message = t(
      'the {0} has {1} characters; at most {2} are read',
      nounOf(dialect),
      text.length,
      maxCharacters,
    );
    return { message, offset: 0, length: 0 };
  }
  let depth = 0;
  const scanner = createScanner(text, true);
  for (let from = -1; scanner.getPosition() > from;) {
    from = scanner.getPosition();
    scanner.scan();
    const token = text.slice(scanner.getTokenOffset(), scanner.getPosition());
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth > MAX_DEPTH) {
      return {
        message: t('the braces and brackets are nested too deep'),
        offset: scanner.getTokenOffset(),
        length: 1,
      };
    }
  }
  return undefined;
}

function syntaxProblems(
  text: string,
  errors: readonly ParseError[],
  dialect: JsonDialect,
): readonly RecipeProblem[] {
  const problems: RecipeProblem[] = [];
  const commas = new Set<number>();
  for (const { error, offset, length } of errors) {
    const code = printParseErrorCode(error);
    const comma =
      code === 'PropertyNameExpected' || code === 'ValueExpected' ? trailingComma(text, offset) : undefined;
    if (comma === undefined) {
      // What follows the first mistake is mostly its echo.
      const message = syntaxMessage(code, printableName(text.slice(offset, offset + length), 60), dialect);
      return [...problems, { path: '', message, offset, length }];
    }
    if (commas.has(comma)) continue;
    if (commas.size === MAX_PROBLEMS) break;
    commas.add(comma);
    const message = t('the comma before {0} has nothing after it; remove the comma', text[offset]!);
    problems.push({ path: '', message, offset: comma, length: 1 });
  }
  return problems;
}

function trailingComma(text: string, offset: number): number | undefined {
  if (text[offset] !== '}' && text[offset] !== ']') return undefined;
  const scanner = createScanner(text.slice(0, offset), true);
  let last = -1;
  for (let from = -1; scanner.getPosition() > from;) {
    from = scanner.getPosition();
    scanner.scan();
    if (scanner.getTokenLength() > 0) last = scanner.getTokenOffset();
  }
  return text[last] === ',' ? last : undefined;
}

function syntaxMessage(
  code: ReturnType<typeof printParseErrorCode>,
  found: string,
  dialect: JsonDialect,
): string {
  switch (code) {
    case 'PropertyNameExpected':
      return t('the name of a field in double quotes must come here');
    case 'ValueExpected':
      return t('a value must come here');
    case 'ColonExpected':
      return t('a colon must come between the name of a field and its value');
    case 'CommaExpected':
      return t('a comma must come before this');
    case 'CloseBraceExpected':
      return t('a closing } is missing');
    case 'CloseBracketExpected':
      return t('a closing ] is missing');
    case 'EndOfFileExpected':
      return t('nothing may follow the end of the {0}', nounOf(dialect));
    case 'UnexpectedEndOfComment':
      return t('the comment is not closed with */');
    case 'UnexpectedEndOfString':
      return t('the text is not closed with "');
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return t('{0} is not a number', found);
    case 'InvalidUnicode':
    case 'InvalidEscapeCharacter':
      return t('a backslash in text must be written twice; in paths a / does as well');
    case 'InvalidCharacter':
      return t('text must not hold a tab or other control character; write \\t instead');
    case 'InvalidCommentToken':
      return t('a {0} has no comments here', nounOf(dialect));
    case 'InvalidSymbol':
    case '<unknown ParseErrorCode>':
      return t('{0} is not JSON; text must be in double quotes', found);
  }
}

function valueOf(node: Node, path: string, problems: RecipeProblem[]): JsonValue {
  if (node.type === 'array') {
    return (node.children ?? []).map((child, index) => valueOf(child, `${path}[${index}]`, problems));
  }
  if (node.type !== 'object') return node.value as string | number | boolean | null;
  const object = emptyObject();
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (!key || !value) continue;
    const name = key.value as string;
    const below = fieldPath(path === '' ? [name] : [path, name]);
    if (name in object && problems.length < MAX_PROBLEMS) {
      const message = t('{0} is given twice; keep one of the two', below);
      problems.push({ path: below, message, offset: key.offset, length: key.length });
    }
    object[name] = valueOf(value, below, problems);
  }
  return object;
}

function* infiniteNumbers(node: Node, path: string): Generator<RecipeProblem> {
  const { type, value, offset, length, children = [] } = node;
  if (type === 'number' && !Number.isFinite(value))
    yield { path, message: t('{0} is a number too large', path), offset, length };
  for (const [index, child] of children.entries()) {
    const [key, of] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
    const segment = key ? (key.value as string) : index;
    if (of) yield* infiniteNumbers(of, fieldPath(path === '' ? [segment] : [path, segment]));
  }
}

/** An object without a prototype. */
export function emptyObject(): JsonObject {
  return Object.create(null) as JsonObject;
}
