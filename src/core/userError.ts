import { printable } from '../protocol/printable';

/** A mistake a person can mend: its message is one sentence that says what is wrong, where, and what would be right. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    // What it names comes from files of anyone, and it is shown in terminals.
    super(clipped(printable(message)), options);
  }
}

const LONGEST = 10_000;

function clipped(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
