import { UserError } from '../userError';

/** An engine has no memory left for what it is asked to compute. */
export class OutOfMemoryError extends UserError {}

/** What TensorFlow, and the drivers below it, say of an allocation that failed. */
const SAID = /\bOOM when allocating\b|RESOURCE_EXHAUSTED|Resource exhausted|ran out of memory|out of memory/;

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof OutOfMemoryError || (error instanceof Error && SAID.test(error.message));
}
