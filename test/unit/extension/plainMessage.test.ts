import { strict as assert } from 'node:assert';
import { plainMessage } from '../../../src/extension/plainMessage';

/** As the editor finds links in the messages of extensions. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/;

describe('a message with names of a stranger', () => {
  const name = '[mend it](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%22%7D)';

  it('has no link that runs a command', () => {
    assert.match(name, LINK);
    assert.doesNotMatch(plainMessage(`The class ${name} has no image left.`), LINK);
    assert.doesNotMatch(plainMessage('[a](https://example.org)[b](file:///etc/passwd)'), LINK);
  });

  it('stays as it is otherwise', () => {
    assert.equal(plainMessage('freeze[0] (of 3) must be text'), 'freeze[0] (of 3) must be text');
  });
});
