import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentLanguage } from '../../src/core/environmentLanguage';

describe('the language of a process without an editor', () => {
  const texts = { Done: '完成' };
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'thaw-'));
    writeFileSync(join(folder, 'bundle.l10n.zh-cn.json'), JSON.stringify(texts));
    writeFileSync(join(folder, 'bundle.l10n.ja.json'), '{');
  });
  after(() => rmSync(folder, { recursive: true }));

  const asked = (environment: NodeJS.ProcessEnv) => environmentLanguage(environment, folder);

  it('is as the locale says, in the order of POSIX', () => {
    assert.deepEqual(asked({ LANG: 'zh_CN.UTF-8' }), { language: 'zh-cn', texts });
    assert.deepEqual(asked({ LC_MESSAGES: 'zh_CN', LANG: 'en_US.UTF-8' }), { language: 'zh-cn', texts });
    assert.equal(asked({ LC_ALL: 'C', LC_MESSAGES: 'zh_CN', LANG: 'zh_CN' }).texts, undefined);
    assert.equal(asked({ LC_ALL: '', LANG: 'zh_CN@pinyin' }).texts?.['Done'], '完成');
  });

  it('is first of all what THAW_LANG says', () => {
    assert.equal(asked({ THAW_LANG: 'zh-cn', LC_ALL: 'de_DE.UTF-8' }).language, 'zh-cn');
    assert.equal(asked({ THAW_LANG: 'en', LANG: 'zh_CN.UTF-8' }).texts, undefined);
  });

  it('is English where there are no texts, or damaged ones', () => {
    for (const LANG of ['ja_JP.UTF-8', 'de_DE', 'C.UTF-8', '../../zh_CN', undefined]) {
      assert.equal(asked({ LANG }).texts, undefined, LANG);
    }
  });
});
