import { UserError } from './userError';

/** What V8, TensorFlow, libvips and the C library say when there is no memory left, or no thread. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|allocation failed|cannot allocate|OOM when allocating|resource temporarily unavailable|ENOMEM/i;

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
    'The memory ran out. Resume the run when other programs have left some, or train the recipe anew with a smaller ' +
      '"batchSize" or "imageSize".',
    { cause: error },
  );
}
