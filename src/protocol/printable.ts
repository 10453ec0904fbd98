/** Controls of terminals, and characters that turn the direction of a text around. Line breaks and tabs may stay. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const STEERING_LINE = new RegExp(`${STEERING.source}|[\\t\\n]`, 'g');

/**
 * A text without what would steer a terminal or turn words around: names and messages come from files. CRLF becomes LF.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(STEERING, '');
}

/** A name for a line of its own: printable, without line breaks, at most `longest` characters. */
export function printableName(text: string, longest = 200): string {
  const line = text.slice(0, 2 * longest).replace(STEERING_LINE, '');
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** A line of JSON that may be shown: what `printable` takes away is escaped, so that nothing is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    STEERING,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
