import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from '../../../src/cli/commands';
import { fakeProgram } from '../download/onPath';
import { temporaryFolder } from '../weights/temporaryFolder';
import { startThaw, thaw } from './runThaw';

describe('thaw', () => {
  const temporary = temporaryFolder();

  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    it(`lists its commands for \`${['thaw', ...args].join(' ')}\``, async () => {
      const { code, stdout, stderr } = await thaw(args);
      assert.deepEqual([code, stderr], [0, '']);
      for (const { name, summary } of commands)
        assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, 'm'));
    });
  }

  for (const { name } of commands) {
    it(`tells the same of ${name} by help and by --help`, async () => {
      const [first, second] = [await thaw(['help', name]), await thaw([name, '--help'])];
      assert.deepEqual(first, second);
      assert.equal(first.code, 0);
      assert.match(first.stdout, new RegExp(`^Usage: thaw ${name}`));
      assert.match(first.stdout, /^ {2}-h, --help +Say how the command is used$/m);
    });
  }

  it('speaks the language of the terminal', async () => {
    const chinese = { THAW_LANG: '', LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' };
    assert.equal((await thaw(['docter'], chinese)).stderr, '错误：未知命令 docter：你是否想写 doctor？\n');
    const { stdout } = await thaw(['help', 'resume'], chinese);
    assert.match(stdout, /^用法：thaw resume RUN/);
    assert.match(stdout, /^ {2}-h, --help +说明如何使用该命令$/m);
  });

  it('prints the version of its package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    assert.deepEqual(await thaw(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  describe('answers a mistake with one line and exit code 1', () => {
    const mistake = (args: readonly string[], line: string): void => {
      it(['thaw', ...args].join(' '), async () => {
        const environment = { THAW_CACHE: temporary.path() };
        assert.deepEqual(await thaw(args, environment), { code: 1, stdout: '', stderr: `error: ${line}\n` });
      });
    };
    mistake(['docter'], 'Unknown command docter: did you mean doctor?');
    mistake(['frobnicate'], 'Unknown command frobnicate: `thaw --help` lists them');
    mistake(['help', 'dector'], 'Unknown command dector: did you mean doctor?');
    mistake(['--json'], 'Unknown option --json: the command comes first, `thaw --help` lists them');
    mistake(['doctor', '--jsno'], 'Unknown option --jsno of `thaw doctor`: did you mean --json?');
    mistake(['doctor', '-x'], 'Unknown option -x of `thaw doctor`: `thaw help doctor` lists them');
    mistake(['doctor', '--json=yes'], '--json takes no value, but was given "yes"');
    mistake(
      ['doctor', '--toString'],
      'Unknown option --toString of `thaw doctor`: `thaw help doctor` lists them',
    );
    mistake(['train', 'r.json', '--out'], '--out needs a value: --out FOLDER');
    mistake(
      ['train', 'r.json', '--out', '--json'],
      '--out needs a value, but --json follows: write --out=--json if that is the value',
    );
    mistake(['runtime'], '`thaw runtime` takes one word, install or where');
    mistake(['runtime', 'where'], 'No engine is installed: run `thaw runtime install`');
  });

  it('writes a bug with its stack to a log and says where, with exit code 70', async () => {
    const cache = temporary.path('bug');
    const preload = await temporary.write(
      'preload.cjs',
      "require('os').cpus = () => { throw new TypeError('no cpus'); };",
    );
    const environment = { THAW_CACHE: cache, NODE_OPTIONS: `--require ${JSON.stringify(preload)}` };
    const { code, stdout, stderr } = await thaw(['doctor'], environment);
    assert.deepEqual([code, stdout], [70, '']);
    const log = /^error: thaw has a bug \(no cpus\); please report it with (.*)\n$/.exec(stderr)?.[1];
    assert.ok(log?.startsWith(join(cache, 'logs')), stderr);
    const report = await readFile(log!, 'utf8');
    assert.match(report, /^thaw \d/);
    assert.match(report, /^thaw "doctor"$/m);
    assert.match(report, /TypeError: no cpus\n +at /);
  });

  it('does not mind that its reader has gone', async () => {
    const { child, ended } = startThaw(['--help']);
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [0, '']);
  });

  describe('when it is interrupted', () => {
    let count = 0;

    /** Starts an installation that hangs in a stand-in for pip, and waits until it does. */
    async function hang(python: string): Promise<ReturnType<typeof startThaw> & { readonly cache: string }> {
      const cache = temporary.path(`hang-${count++}`);
      const bin = join(cache, 'bin');
      await mkdir(bin, { recursive: true });
      await fakeProgram(bin, 'g++', 'exit 0');
      await fakeProgram(bin, 'python3', `case "$*" in *--version*) exit 0;; esac; ${python}`);
      const environment = { THAW_CACHE: cache, PATH: `${bin}:${process.env['PATH']}` };
      const started = startThaw(['runtime', 'install'], environment);
      await once(started.child.stderr!, 'data');
      return { ...started, cache };
    }

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`ends cleanly with exit code 130 on ${signal}`, async () => {
        const { child, ended, cache } = await hang('exec sleep 60');
        child.kill(signal);
        const { code, stdout, stderr } = await ended;
        assert.deepEqual([code, stdout], [130, '']);
        assert.doesNotMatch(stderr, /error/);
        assert.deepEqual(await readdir(join(cache, 'wheels')), []);
      });
    }

    it('ends at once the second time, and takes along what does not want to end', async () => {
      const { child, ended } = await hang("trap '' TERM; while :; do sleep 1; done");
      child.kill('SIGINT');
      await sleep(200);
      // As npm does when it passes on a Ctrl-C: still the first one.
      child.kill('SIGINT');
      await sleep(200);
      assert.equal(child.exitCode, null);
      const start = Date.now();
      child.kill('SIGINT');
      // The stand-in holds stderr open: `ended` comes only when it is gone as well.
      assert.equal((await ended).code, 130);
      assert.ok(Date.now() - start < 1000, `${Date.now() - start} ms`);
    });
  });
});
