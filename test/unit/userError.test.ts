import { strict as assert } from 'node:assert';
import { UserError } from '../../src/core/userError';

describe('A UserError', () => {
  it('has nothing in its message that steers a terminal or turns words around', () => {
    assert.equal(
      new UserError('The class \u001b[2Ja\u202egpj\u009b is empty').message,
      'The class [2Jagpj is empty',
    );
  });

  it('has a message of bounded length, whatever it names', () => {
    assert.equal(new UserError('x'.repeat(1e6)).message.length, 10_000);
  });

  it('keeps its cause', () => {
    const cause = new Error('why');
    assert.equal(new UserError('what', { cause }).cause, cause);
  });
});
