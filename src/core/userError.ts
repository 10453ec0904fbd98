/** A mistake a person can mend: its message is one sentence that says what is wrong, where, and what would be right. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
