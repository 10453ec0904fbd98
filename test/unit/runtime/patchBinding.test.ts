import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { patchBinding } from '../../../src/core/runtime/patchBinding';

describe('patchBinding', () => {
  const file = join(
    dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')),
    'binding',
    'tfjs_backend.cc',
  );

  it("adds lists to tfjs-node's attributes of strings and types, and changes nothing else", async () => {
    const source = await readFile(file, 'utf8');
    const patched = patchBinding(source);
    const added = patched.split('\n').length - source.split('\n').length;
    assert.equal(added, 36);
    assert.match(patched, /case TF_ATTR_STRING: \{\n {6}if \(IsArray[^}]+\}[^}]+TFE_OpSetAttrStringList/);
    assert.match(patched, /case TF_ATTR_TYPE: \{\n {6}if \(IsArray[^}]+\}[^}]+TFE_OpSetAttrTypeList/);
    const left = new Set(patched.split('\n'));
    assert.deepEqual(
      source.split('\n').filter(line => !left.has(line)),
      [],
    );
  });

  it('refuses a source that it does not know', () => {
    assert.throws(() => patchBinding('int main() {}'), /has 0 cases of TF_ATTR_STRING/);
  });
});
