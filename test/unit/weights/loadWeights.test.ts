import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { UserError } from '../../../src/core/userError';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { tensorOf } from '../../../src/core/weights/stateDict';
import { temporaryFolder } from './temporaryFolder';

describe('loadWeights', () => {
  const folder = temporaryFolder();
  const one = tensorOf([1], Float32Array.of(1));
  const keysOf = async (...keys: string[]): Promise<string[]> => {
    const file = folder.path('weights.bin');
    await writeSafetensors(file, new Map(keys.map(key => [key, one])));
    return [...(await loadWeights(file)).tensors.keys()];
  };

  it('goes by content, not by name', async () => {
    assert.deepEqual(await keysOf('fc.weight'), ['fc.weight']);
  });

  it('removes what DataParallel and torch.compile put before every key', async () => {
    assert.deepEqual(await keysOf('module.fc.weight', 'module.fc.bias'), ['fc.weight', 'fc.bias']);
    assert.deepEqual(await keysOf('_orig_mod.fc.weight'), ['fc.weight']);
    assert.deepEqual(await keysOf('module._orig_mod.fc.weight'), ['fc.weight']);
  });

  it('keeps module. where only some keys have it', async () => {
    assert.deepEqual(await keysOf('module.fc.weight', 'fc.bias'), ['module.fc.weight', 'fc.bias']);
  });

  describe('says what is wrong with', () => {
    const rejects = async (file: string, message: RegExp): Promise<void> => {
      await assert.rejects(loadWeights(file), (error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
        assert.ok(error.message.includes(file));
        assert.match(error.message, message);
        return true;
      });
    };
    it('a missing file', () => rejects(folder.path('none.pth'), /it does not exist/));
    it('a folder', async () => {
      await mkdir(folder.path('weights.pth'));
      await rejects(folder.path('weights.pth'), /is a folder/);
    });
    const cases: [string, string, string | Buffer, RegExp][] = [
      ['an empty file', 'a.pth', '', /is empty/],
      ['a single byte', 'a.pth', 'x', /no file of weights/],
      ['a text', 'a.pth', 'hello, this is a text', /neither safetensors nor what torch\.save writes/],
      ['a web page', 'a.pth', '\n<!DOCTYPE html><html>', /web page/],
      ['a Git LFS pointer', 'a.pth', 'version https://git-lfs.github.com/spec/v1\noid', /git lfs pull/],
      ['half a zip archive', 'a.pth', 'PK\x03\x04', /truncated or damaged/],
      ['half a pickle', 'a.pth', Buffer.from([0x80, 2]), /ends too early/],
      ['a text named .safetensors', 'a.safetensors', 'hello, this is a text', /not a safetensors file/],
    ];
    for (const [title, name, content, message] of cases) {
      it(title, async () => rejects(await folder.write(name, content), message));
    }
  });
});
