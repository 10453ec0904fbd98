import { t } from '../protocol/language';
import { UserError } from './userError';

/** An engine has no memory left for what it is asked to compute. */
export class OutOfMemoryError extends UserError {}

/** What an engine, and the drivers below it, say of an allocation that failed: a smaller one may not. */
const ENGINE_SAYS = /\bOOM when allocating\b|RESOURCE_EXHAUSTED|Resource exhausted|out of memory/;

/** What V8, TensorFlow, libvips and the C library say when there is no memory left, or no thread. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|allocation failed|cannot allocate|OOM when allocating|resource temporarily unavailable|ENOMEM/i;

/** Whether an engine could not compute something for want of memory, and may compute less. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof OutOfMemoryError || (error instanceof Error && ENGINE_SAYS.test(error.message));
}

/** Whether a message or the end of a log tells that the memory ran out. */
export function tellsOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text);
}

/** The UserError for an error that came of too little memory; any other error as it is. */
export function asMemoryError(error: unknown): unknown {
  if (
    error instanceof UserError ||
    !tellsOutOfMemory(error instanceof Error ? error.message : String(error))
  ) {
    return error;
  }
  return new UserError(
    t(
      'The memory ran out. Resume the run when other programs have left some, or train the recipe anew with a smaller ' +
        '"batchSize" or "imageSize".',
    ),
    { cause: error },
  );
}
