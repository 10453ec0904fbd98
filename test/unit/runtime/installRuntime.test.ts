import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { finish } from '../../../src/core/progress';
import { findRuntime, runtimeFolder, runtimeIn } from '../../../src/core/runtime/findRuntime';
import { installRuntime, unsupported, wantedOf } from '../../../src/core/runtime/installRuntime';
import { runtimePins } from '../../../src/core/runtime/pins';
import { UserError } from '../../../src/core/userError';
import { fakeProgram, withEnvironment } from '../download/onPath';
import { temporaryFolder } from '../weights/temporaryFolder';

const pins = runtimePins(process.platform, process.arch, false)!;

describe('installRuntime', () => {
  const temporary = temporaryFolder();
  let count = 0;

  /** Installs into an empty cache, on a PATH of the programs given. */
  async function install(
    programs: Readonly<Record<string, string>>,
    { signal = new AbortController().signal, path = '' } = {},
  ): Promise<string> {
    const cache = temporary.path(`cache-${count++}`);
    const bin = join(cache, 'bin');
    await mkdir(bin, { recursive: true });
    for (const [name, script] of Object.entries(programs)) await fakeProgram(bin, name, script);
    const environment = { THAW_CACHE: cache, PATH: `${bin}:${path}`, PIP_NO_INDEX: '1', PIP_FIND_LINKS: bin };
    await withEnvironment(environment, () => finish(installRuntime({ cuda: false, signal })));
    return cache;
  }

  /** Every file and folder that an attempt left in its cache. */
  async function left(): Promise<string[]> {
    const cache = temporary.path(`cache-${count - 1}`);
    const entries = await readdir(cache, { recursive: true });
    return entries.filter(name => !/^bin\b/.test(name) && !['runtime', 'wheels'].includes(name));
  }

  const failsWith = async (promise: Promise<unknown>, message: RegExp): Promise<void> => {
    await assert.rejects(promise, error => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(await left(), []);
  };

  it('says that the compiler is missing before it fetches anything', () =>
    failsWith(install({}), /^No C\+\+ compiler was found .*apt install g\+\+.*xcode-select --install/));

  it('does not take for a compiler what fails, as the stand-in of macOS does', () =>
    failsWith(install({ 'g++': 'exit 1' }), /^No C\+\+ compiler was found/));

  it('says that Python is missing', () => failsWith(install({ 'g++': 'exit 0' }), /^No Python was found/));

  it('says what pip says when the wheel cannot be had', () =>
    failsWith(
      install({ 'g++': 'exit 0' }, { path: process.env['PATH']! }),
      new RegExp(`^${pins.tensorflow.name} 2\\.21\\.0 .*pip says "No matching distribution found`),
    ));

  it('leaves nothing when it is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 300);
    const python = 'case "$*" in *--version*) exit 0;; esac; exec sleep 60';
    await assert.rejects(
      install(
        { 'g++': 'exit 0', python3: python },
        { signal: controller.signal, path: process.env['PATH']! },
      ),
      /^Error: enough$/,
    );
    assert.deepEqual(await left(), []);
  });

  it('returns at once what is installed', async () => {
    const cache = temporary.path('ready');
    await withEnvironment({ THAW_CACHE: cache, PATH: '' }, async () => {
      const ready = runtimeIn(runtimeFolder(pins, false), false);
      await mkdir(dirname(ready.binding), { recursive: true });
      await writeFile(ready.binding, '');
      const { signal } = new AbortController();
      assert.deepEqual(await finish(installRuntime({ cuda: false, signal })), ready);
      assert.deepEqual(findRuntime({ cuda: false }), ready);
      assert.equal(findRuntime({ cuda: true }), undefined);
      assert.deepEqual(findRuntime(), ready);
    });
  });

  it('names the folder after all that decides what is in it', () => {
    const name = basename(runtimeFolder(pins, false));
    const machine = `${process.platform}-${process.arch}`;
    assert.equal(name, `2.21.0-cpu-${machine}-${pins.tensorflow.sha256.slice(0, 8)}-2`);
  });
});

describe('wantedOf', () => {
  const cuda = runtimePins('linux', 'x64', true)!;
  const [cublas, , nvcc, nvrtc] = cuda.cuda;
  const cases: readonly (readonly [string, ReturnType<ReturnType<typeof wantedOf>>])[] = [
    ['tensorflow/libtensorflow_cc.so.2', 'libtensorflow_cc.so.2'],
    ['tensorflow/libtensorflow_framework.2.dylib', 'libtensorflow_framework.2.dylib'],
    ['tensorflow/include/tensorflow/c/c_api.h', 'include/tensorflow/c/c_api.h'],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', 'include/xla/tsl/c/tsl_status.h'],
    ['tensorflow/include/Eigen/Core', false],
    ['tensorflow/python/_pywrap_tfe.so', false],
    ['tensorflow-2.21.0.dist-info/METADATA', false],
  ];
  for (const [path, expected] of cases) {
    it(`${expected === false ? 'leaves' : 'takes'} ${path}`, () => {
      assert.equal(wantedOf(cuda.tensorflow)(path), expected);
    });
  }

  it("takes of CUDA's packages the libraries and the assembler, not what only compilers need", () => {
    assert.equal(wantedOf(cublas!)('nvidia/cublas/lib/libcublasLt.so.12'), 'lib/libcublasLt.so.12');
    assert.equal(wantedOf(cublas!)('nvidia/cublas/include/cublas.h'), false);
    assert.equal(wantedOf(nvcc!)('nvidia/cuda_nvcc/bin/ptxas'), 'bin/ptxas');
    assert.equal(wantedOf(nvrtc!)('nvidia/cuda_nvrtc/lib/libnvrtc.alt.so.12'), false);
  });
});

describe('the pins', () => {
  it('name a file that carries name and version, and a whole sha256', () => {
    const machines = [
      ['linux', 'x64', false],
      ['linux', 'arm64', false],
      ['darwin', 'arm64', false],
      ['linux', 'x64', true],
    ] as const;
    const wheels = machines.flatMap(([platform, arch, cuda]) => {
      const found = runtimePins(platform, arch, cuda)!;
      return [found.tensorflow, ...found.cuda];
    });
    assert.equal(wheels.length, 16);
    for (const { file, name, version, sha256, bytes, platform } of wheels) {
      assert.ok(file.startsWith(`${name.replaceAll('-', '_')}-${version}-`), file);
      assert.ok(file.includes(platform!), file);
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.ok(bytes > 1e6, file);
    }
    assert.equal(new Set(wheels.map(({ sha256 }) => sha256)).size, 16);
  });

  it('say what there is where there is no engine', () => {
    assert.equal(runtimePins('win32', 'x64', false), undefined);
    assert.match(unsupported('win32', 'x64', false), /run thaw in WSL/);
    assert.match(unsupported('darwin', 'arm64', true), /not for darwin arm64: leave out --cuda$/);
    assert.match(unsupported('darwin', 'x64', false), /^There is no TensorFlow engine for darwin x64: /);
  });
});
