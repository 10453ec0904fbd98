import { strict as assert } from 'node:assert';
import { dateText, numberText, speak, t } from '../../../src/protocol/language';

describe('the language of a page', () => {
  afterEach(() => speak({ language: 'en', texts: undefined }));

  it('is English until another is spoken', () => {
    assert.equal(t('Epoch {0}, the best of {1}', 3, 10), 'Epoch 3, the best of 10');
    assert.equal(numberText(12345), '12,345');
  });

  it('puts values where a translation has their places, and text of a value stays as it is', () => {
    speak({ language: 'zh-cn', texts: { '{0} of {1} recognized': '{1}：{0}被正确识别' } });
    assert.equal(t('{0} of {1} recognized', '3 张图片', '{0}'), '{0}：3 张图片被正确识别');
  });

  it('says in English what it has no text for', () => {
    speak({ language: 'zh-cn', texts: {} });
    assert.equal(t('Nothing to show'), 'Nothing to show');
  });

  it('writes days as the language does', () => {
    const time = new Date(2026, 0, 31, 12, 5).getTime();
    assert.match(dateText(time), /^Jan 31, 2026, 12:05\sPM$/);
    speak({ language: 'zh-cn', texts: {} });
    assert.equal(dateText(time), '2026年1月31日 12:05');
  });
});
