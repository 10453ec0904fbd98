import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finish } from '../../../src/core/progress';
import { buildBinding } from '../../../src/core/runtime/buildBinding';
import { UserError } from '../../../src/core/userError';
import { fakeProgram } from '../download/onPath';
import { temporaryFolder } from '../weights/temporaryFolder';

describe('buildBinding', () => {
  const temporary = temporaryFolder();

  /** Builds with a stand-in for a compiler that runs `script`. */
  async function build(script: string, signal = new AbortController().signal): Promise<void> {
    await fakeProgram(temporary.path(), 'compiler', script);
    await finish(buildBinding(temporary.path('compiler'), temporary.path(), { signal }));
  }

  it('compiles both sources and links against the libraries beside the binding', async () => {
    await build('echo "$@" >> "$(dirname "$0")/log"; for last; do :; done; : > "$last"');
    const log = (await readFile(temporary.path('log'), 'utf8')).trim().split('\n');
    const link = log.at(-1)!;
    assert.equal(log.length, 4);
    const compiled = log.filter(line => line.includes(' -c '));
    assert.equal(compiled.length, 2);
    // Its sources put their own paths into messages of errors.
    for (const line of compiled)
      assert.match(line, /-ffile-prefix-map=\S+[\\/]tfjs-node-gpu[\\/]binding=binding /);
    assert.ok(link.endsWith(`-o ${join(temporary.path(), 'tfjs_binding.node')}`));
    assert.match(link, /libtensorflow_cc\S+ \S*libtensorflow_framework/);
    const files = await readdir(temporary.path());
    assert.deepEqual(files.sort(), ['compiler', 'log', 'stderr_switch.node', 'tfjs_binding.node']);
  });

  const failsWith = (script: string, message: RegExp): Promise<void> =>
    assert.rejects(build(script), error => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });

  it('repeats the telling line of the compiler', () =>
    failsWith(
      'echo "In file included from a.cc:1" >&2; echo "a.h:2: fatal error: string: No such file or directory" >&2; exit 1',
      /it says "a\.h:2: fatal error: string: No such file or directory": check that the compiler understands C\+\+17/,
    ));

  it('tells a full disk from a poor compiler', () =>
    failsWith(
      'echo "ld: final link failed: No space left on device" >&2; exit 1',
      /: free some disk space$/,
    ));

  it('ends the compiler when it is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 200);
    await assert.rejects(build('exec sleep 60', controller.signal), /^Error: enough$/);
  });
});
