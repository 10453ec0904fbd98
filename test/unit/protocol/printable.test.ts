import { strict as assert } from 'node:assert';
import { printable, printableJson, printableName } from '../../../src/protocol/printable';

const CLEAR_SCREEN = '\u001b[2J';
const TITLE = '\u001b]0;owned\u0007';
const EIGHT_BIT = '\u009b31m';
const REVERSED = 'cat\u202egpj.exe';

describe('a text that is shown', () => {
  it('keeps its lines, tabs and letters', () => {
    assert.equal(printable('größe\t3\r\n日本 👍🏽\n'), 'größe\t3\n日本 👍🏽\n');
  });

  it('has nothing that steers a terminal', () => {
    assert.equal(printable(`a${CLEAR_SCREEN}b${TITLE}c${EIGHT_BIT}d\rnew\u0008`), 'a[2Jb]0;ownedc31mdnew');
  });

  it('has nothing that turns words around', () => {
    assert.equal(printable(REVERSED), 'catgpj.exe');
    assert.equal(printable('\u2066a\u2069\u200f\u061c'), 'a');
  });

  it('is one line of bounded length where it is a name', () => {
    assert.equal(printableName('ant\nBest test Acc: 1.000000\t'), 'antBest test Acc: 1.000000');
    assert.equal(printableName('x'.repeat(1e6)).length, 200);
    assert.equal(printableName('abcdef', 4), 'abc…');
  });

  it('loses nothing as JSON', () => {
    const value = { [REVERSED]: `${CLEAR_SCREEN}${EIGHT_BIT}` };
    const text = printableJson(value);
    assert.deepEqual(JSON.parse(text), value);
    assert.equal(printable(text), text);
  });
});
