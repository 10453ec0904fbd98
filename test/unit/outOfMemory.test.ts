import assert from 'node:assert/strict';
import { asMemoryError } from '../../src/core/outOfMemory';
import { UserError } from '../../src/core/userError';

describe('an error that came of too little memory', () => {
  for (const message of [
    'std::bad_alloc',
    'Array buffer allocation failed',
    'OOM when allocating tensor with shape[64,112,112,64]',
    'glib: Error creating thread: Resource temporarily unavailable',
    'spawn ENOMEM',
  ]) {
    it(`says what to do: ${message}`, () => {
      const error = asMemoryError(new Error(message));
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^The memory ran out\. Resume the run .*"batchSize" or "imageSize"\.$/);
    });
  }

  it('is told from others', () => {
    for (const error of [new Error('Invalid shape'), new UserError('out of memory?'), 7]) {
      assert.equal(asMemoryError(error), error);
    }
  });
});
