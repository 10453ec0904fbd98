import { createScanner, type Node, type SyntaxKind } from 'jsonc-parser';

// The values of jsonc-parser's `const enum`, which is not there at run time.
const COMMA: SyntaxKind = 5;
const LINE_COMMENT: SyntaxKind = 12;
const BLOCK_COMMENT: SyntaxKind = 13;
const LINE_BREAK: SyntaxKind = 14;
const TRIVIA: SyntaxKind = 15;

/**
 * The text with `child` put into an object or array after `previous`, or first. It gets a line of its own where the
 * others have one. A comment at the end of a line stays with what it follows.
 */
export function insertChild(text: string, parent: Node, previous: Node | undefined, child: string): string {
  const children = parent.children ?? [];
  const [open, close] = [parent.offset + 1, parent.offset + parent.length - 1];
  const anchor = previous ? previous.offset + previous.length : open;
  const isLast = previous?.offset === children.at(-1)?.offset;
  const comma = previous && commaAfter(text, anchor, close);
  const lineEnd = lineEndAfter(text, anchor, close, comma);
  const hasLines = text.slice(parent.offset, close).includes('\n');

  if (!hasLines || lineEnd === undefined) {
    const [first] = children;
    if (!first) return splice(text, open, parent.type === 'object' ? ` ${child} ` : child);
    if (!previous) return splice(text, first.offset, `${child}, `);
    const at = comma === undefined ? anchor : comma + 1;
    return splice(text, at, `${comma === undefined ? ',' : ''} ${child}${isLast ? '' : ','}`);
  }
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = indentOf(text, parent, children);
  const line = `${eol}${indent}${child}${isLast ? '' : ','}`;
  const inserted = splice(text, lineEnd, line);
  return previous && comma === undefined ? splice(inserted, anchor, ',') : inserted;
}

/** The text without a child of an object or array; where nothing else is left of its line, without the line. */
export function removeChild(text: string, child: Node): string {
  const parent = child.parent!;
  const children = parent.children ?? [];
  const index = children.findIndex(({ offset }) => offset === child.offset);
  const end = child.offset + child.length;
  const close = parent.offset + parent.length - 1;
  const after = commaAfter(text, end, close);
  if (after !== undefined) return cut(cut(text, after, after + 1), child.offset, end, true);
  const without = cut(text, child.offset, end, true);
  const previous = children[index - 1];
  const before = previous && commaAfter(text, previous.offset + previous.length, child.offset);
  return before === undefined ? without : cut(without, before, before + 1);
}

function splice(text: string, at: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at);
}

/** Without a range; `tidy`: also without the spaces before it, or the whole line where only spaces are left of it. */
function cut(text: string, from: number, to: number, tidy = false): string {
  if (!tidy) return text.slice(0, from) + text.slice(to);
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const lineEnd = text.indexOf('\n', to);
  const before = text.slice(start, from);
  const rest = text.slice(to, lineEnd < 0 ? text.length : lineEnd);
  if (before.trim() === '' && rest.trim() === '' && lineEnd >= 0) {
    return text.slice(0, start) + text.slice(lineEnd + 1);
  }
  const spaces = /[ \t]*/.exec(text.slice(to))![0].length;
  return text.slice(0, from) + text.slice(to + spaces);
}

/** Where the line ends, if nothing but comments and the comma comes before. */
function lineEndAfter(text: string, from: number, to: number, comma: number | undefined): number | undefined {
  const scanner = createScanner(text.slice(0, to), false);
  scanner.setPosition(from);
  for (;;) {
    const kind = scanner.scan();
    const offset = scanner.getTokenOffset();
    if (kind === LINE_BREAK) return comma !== undefined && comma > offset ? undefined : offset;
    if (kind === TRIVIA || kind === LINE_COMMENT || offset === comma) continue;
    if (kind !== BLOCK_COMMENT || text.slice(offset, scanner.getPosition()).includes('\n')) return undefined;
  }
}

function commaAfter(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text.slice(0, to), true);
  scanner.setPosition(from);
  return scanner.scan() === COMMA ? scanner.getTokenOffset() : undefined;
}

/** The white space that begins the line of the first child, or one step more than that of the parent. */
function indentOf(text: string, parent: Node, children: readonly Node[]): string {
  const own = (offset: number): string =>
    /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))![0];
  const [first] = children;
  const outer = own(parent.offset);
  if (first && text.slice(parent.offset, first.offset).includes('\n')) return own(first.offset);
  return outer + (outer.includes('\t') ? '\t' : '  ');
}
