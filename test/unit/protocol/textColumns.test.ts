import assert from 'node:assert/strict';
import { columnsOf, firstColumns, padEnd, padStart } from '../../../src/protocol/textColumns';

describe('columns of a terminal', () => {
  it('are two for a character of Chinese, one for a letter', () => {
    assert.equal(columnsOf('layer1.0'), 8);
    assert.equal(columnsOf('第 3 轮：'), 9);
  });

  it('are filled up with blanks', () => {
    assert.equal(padEnd('参数', 6), '参数  ');
    assert.equal(padStart('参数', 6), '  参数');
    assert.equal(padEnd('parameters', 6), 'parameters');
  });

  it('cut a text before the character that no longer fits', () => {
    assert.equal(firstColumns('验证图片', 5), '验证');
    assert.equal(firstColumns('verifying', 5), 'verif');
    assert.equal(firstColumns('验证', 4), '验证');
  });
});
