import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findRuntime, type InstalledRuntime } from '../../../src/core/runtime/findRuntime';
import { probeRuntime } from '../../../src/core/runtime/probeRuntime';
import { temporaryFolder } from '../weights/temporaryFolder';

const programs = join(__dirname, '..', '..', '..');

describe('probeRuntime', () => {
  const temporary = temporaryFolder();
  const withBinding = (binding: string): InstalledRuntime => ({
    ...{ version: '2.21.0', cuda: false, folder: temporary.path() },
    ...{ binding, stderrSwitch: temporary.path('none') },
  });

  it('computes with the installed engine', async () => {
    const probe = await probeRuntime(findRuntime({ cuda: false })!);
    assert.ok(probe.works, JSON.stringify(probe));
    assert.equal(probe.version, '2.21.0');
    assert.equal(probe.gpu, false);
  });

  it('gives the loader’s words for what is no library', async () => {
    const probe = await probeRuntime(withBinding(await temporary.write('text.node', 'text')));
    assert.ok(!probe.works);
    assert.match(probe.reason, /text\.node/);
  });

  it('outlives a library that crashes the process', async () => {
    const source = await temporary.write(
      'crash.c',
      '__attribute__((constructor)) void crash(void) { __builtin_trap(); }',
    );
    const binding = temporary.path('crash.node');
    execFileSync('cc', ['-shared', '-fPIC', source, '-o', binding]);
    const probe = await probeRuntime(withBinding(binding));
    assert.ok(!probe.works);
    assert.match(probe.reason, /^it crashed \(SIG(ILL|TRAP)\)$/);
  });

  it('ends when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(probeRuntime(findRuntime({ cuda: false })!, { signal }), /^Error: enough$/);
  });
});

describe('loadTensorflowBinding', () => {
  it('loads in this process without a word on stderr', () => {
    const script = `
      const { loadTensorflowBinding } = require('./src/core/engine/tensorflow/loadBinding');
      const { findRuntime } = require('./src/core/runtime/findRuntime');
      const binding = loadTensorflowBinding(findRuntime({ cuda: false }));
      process.stderr.write(binding.TF_Version + ' ' + binding.isUsingGpuDevice());`;
    const command = `${JSON.stringify(process.execPath)} --require tsx/cjs -e "$SCRIPT" 2>&1 >/dev/null`;
    const stderr = execFileSync('sh', ['-c', command], {
      cwd: programs,
      env: { ...process.env, SCRIPT: script, TF_CPP_MIN_LOG_LEVEL: undefined },
      encoding: 'utf8',
    });
    assert.equal(stderr, '2.21.0 false');
  });
});
