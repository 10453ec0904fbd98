import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { findPythonWithPip } from '../../../src/core/download/findPython';
import { runProgram } from '../../../src/core/download/runProgram';
import { runTorchrun } from '../../../src/core/torchrun/runTorchrun';

import { temporaryFolder } from '../weights/temporaryFolder';

const node = process.execPath;

describe('runProgram', () => {
  it('gives the exit code and what was said', async () => {
    const script = 'console.log("out"); console.error("err"); process.exit(3)';
    assert.deepEqual(await runProgram(node, ['-e', script]), {
      code: 3,
      endedBy: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('tells a crash from an end', async () => {
    const end = await runProgram(node, ['-e', 'process.kill(process.pid, "SIGKILL")']);
    assert.deepEqual([end?.code, end?.endedBy], [null, 'SIGKILL']);
  });

  it('gives undefined when there is no such program', async () => {
    assert.equal(await runProgram('thaw-no-such-program', []), undefined);
  });

  it('takes no word of an argument for the shell', async () => {
    const end = await runProgram(node, ['-e', 'console.log(process.argv[1])', '$HOME; echo `id`']);
    assert.equal(end?.stdout, '$HOME; echo `id`\n');
  });

  describe('in the folder of a stranger', () => {
    const folder = temporaryFolder();
    const before = process.cwd();
    afterEach(() => process.chdir(before));

    it("takes no pip.py that lies there for Python's pip", async () => {
      const ran = folder.path('ran');
      await writeFile(folder.path('pip.py'), `open(${JSON.stringify(ran)}, 'w').close()`);
      process.chdir(folder.path());
      await findPythonWithPip(new AbortController().signal);
      assert.equal(existsSync(ran), false);
    });

    it('takes no torch.py that lies there for PyTorch', async () => {
      const ran = folder.path('torch ran');
      await writeFile(folder.path('torch.py'), `open(${JSON.stringify(ran)}, 'w').close()`);
      process.chdir(folder.path());
      const events = runTorchrun({
        ...{ program: 'python3', args: ['-m', 'torch.no_such_module'], environment: {} },
        ...{ log: folder.path('log'), signal: new AbortController().signal },
        startedAgain: () => assert.fail('it never was'),
      });
      await assert.rejects(events.next(), { name: 'UserError' });
      assert.equal(existsSync(ran), false);
    });
  });

  it('ends the program and what it started when it is aborted', async () => {
    const controller = new AbortController();
    const script =
      'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {stdio: "inherit"});' +
      'setInterval(() => {}, 1000)';
    const running = runProgram(node, ['-e', script], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 300);
    // It waits for both ends of the pipes: a grandchild that lived on would hold it here.
    await assert.rejects(running, /^Error: enough$/);
  });
});
