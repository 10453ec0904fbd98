import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../src/core/cacheFolder';
import { fetchWheel } from '../../src/core/download/fetchWheel';
import { finish } from '../../src/core/progress';
import { readLiveState } from '../../src/core/run/liveState';
import { runtimePins } from '../../src/core/runtime/pins';
import { WrittenRun } from './browser/runFolders';
import { madePackages, type Target } from './packages';
import { plainPictures } from './plainPictures';
import { startEditor, type Editor } from './startEditor';
import { tinyRecipe } from './tinyRecipe';
import { until } from './until';
import type { Workbench } from './workbench';

const OLD_RUN = '2026-01-31T12-00-00-old';
const INSTALL_WITHIN_MS = 180_000;

describe('the packaged extension', function () {
  this.timeout(600_000);

  describe('for this platform', () => {
    let packaged: Packaged;
    let installed: readonly string[];

    before(async () => {
      packaged = await Packaged.open('linux-x64');
      installed = packaged.extensionFiles();
      setWritable(packaged.extension, false);
      // What pip would fetch, so that the test needs a network only once.
      const { tensorflow } = runtimePins('linux', 'x64', false)!;
      const signal = new AbortController().signal;
      const wheel = await finish(fetchWheel(tensorflow, cacheFolder('package'), { signal }));
      await mkdir(join(packaged.cache, 'wheels'));
      await symlink(wheel, join(packaged.cache, 'wheels', tensorflow.file));
    });
    after(() => packaged?.close());

    it('shows the layers of a recipe', () => packaged.showsLayers());

    it('installs the engine with the binding that it brings, without a compiler and without Python', async () => {
      const { workbench, extension } = packaged;
      await workbench.runCommand('Thaw: Start Fine-Tune');
      await until(
        async () => (await workbench.quickInputItems()).includes('Train with the built-in engine'),
        'the choice of an engine',
      );
      await workbench.pickQuickInput('Install the faster engine');
      await until(() => packaged.newRun(), 'the run that waited for the engine', INSTALL_WITHIN_MS);
      const [runtime] = readdirSync(join(packaged.cache, 'runtime'));
      for (const name of ['tfjs_binding.node', 'stderr_switch.node']) {
        const taken = readFileSync(join(packaged.cache, 'runtime', runtime!, 'tensorflow', name));
        const brought = readFileSync(join(extension, 'dist', 'binding', 'linux-x64', name));
        assert.ok(taken.equals(brought), name);
      }
    });

    it('trains to the end with its own decoder of images and that engine', async () => {
      const run = packaged.newRun()!;
      const libraries = await until(() => {
        const pid = readLiveState(run)?.process.pid;
        const loaded = pid === undefined ? [] : librariesOf(pid);
        return loaded.some(path => path.includes('libtensorflow_cc')) && loaded;
      }, 'the libraries of the training process');
      const isOurs = (path: string): boolean =>
        [packaged.extension, packaged.cache].some(place => path.startsWith(place));
      const from = (place: string): readonly string[] =>
        libraries.filter(path => path.startsWith(place)).map(path => path.split('/').at(-1)!);
      assert.deepEqual(
        from(packaged.extension).filter(name => name.endsWith('.node')),
        [readdirSync(join(packaged.extension, 'node_modules/@img/sharp-linux-x64/lib'))[0]],
      );
      assert.ok(from(packaged.cache).includes('tfjs_binding.node'));
      // All else is the system's: nothing comes from where the extension was made.
      assert.deepEqual(
        libraries.filter(
          path => /\.(node|so)[\d.]*$/.test(path) && !/^\/(usr|lib|lib64)\//.test(path) && !isOurs(path),
        ),
        [],
      );

      const events = (): string => readFileSync(join(run, 'events.jsonl'), 'utf8');
      await until(() => events().includes('"runEnded"'), 'the end of the run', 120_000);
      assert.match(events(), /"kind":"runEnded","status":"completed"/);
      assert.ok(statSync(join(run, 'best.safetensors')).size > 1e6);
    });

    it('leaves its own folder as it was installed', () => {
      assert.deepEqual(packaged.extensionFiles(), installed);
    });
  });

  describe('for any platform', () => {
    let packaged: Packaged;
    before(async () => {
      packaged = await Packaged.open('universal');
    });
    after(() => packaged?.close());

    it('shows the layers of a recipe', () => packaged.showsLayers());

    it('shows runs of before', async () => {
      const rows = await until(async () => {
        const found = await packaged.workbench.treeItems('Runs');
        return found.length > 0 && found;
      }, 'the run');
      assert.deepEqual(
        rows.map(({ label }) => label),
        ['old'],
      );
    });

    it('says what is needed to train, and starts nothing', async () => {
      await packaged.workbench.runCommand('Thaw: Start Fine-Tune');
      await until(
        async () =>
          (await packaged.workbench.notifications()).some(text =>
            text.includes('install the package for linux-x64 to train'),
          ),
        'the message',
      );
      assert.equal(packaged.newRun(), undefined);
    });
  });
});

/** An editor with one package and an empty cache folder; on its path is no compiler, no Python and no Node. */
class Packaged {
  private constructor(
    private readonly folder: string,
    private readonly editor: Editor,
    readonly workbench: Workbench,
  ) {}

  static async open(target: Target): Promise<Packaged> {
    const vsix = (await madePackages())[target];
    const folder = await mkdtemp(join(tmpdir(), 'thaw-packaged-'));
    const [workspace, cache, path] = ['workspace', 'cache', 'path'].map(name => join(folder, name));
    for (const made of [workspace!, cache!, path!]) await mkdir(made);
    await plainPictures(join(workspace!, 'pictures'), ['blue', 'red'], 20);
    await writeFile(join(workspace!, 'colours.thaw.json'), tinyRecipe({ epochs: 20 }));
    const old = await WrittenRun.begin(workspace!, { name: 'old', epochs: 1 }, OLD_RUN.slice(0, 19));
    await old.epoch(0, 0.75, true);
    await old.end(0, 0.75);
    const environment = { THAW_CACHE: cache!, PATH: path! };
    const editor = await startEditor({ extension: { vsix }, workspace: workspace!, environment });
    return new Packaged(folder, editor, await editor.openWindow());
  }

  async close(): Promise<void> {
    setWritable(this.extension, true);
    await this.editor.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get cache(): string {
    return join(this.folder, 'cache');
  }

  /** Where the editor has put the extension. */
  get extension(): string {
    const folder = join(this.editor.workspace, '..', 'extensions');
    const [name, ...others] = readdirSync(folder).filter(entry => entry.startsWith('thaw.'));
    assert.deepEqual(others, []);
    return join(folder, name!);
  }

  /** Path, size and time of each file of the extension. */
  extensionFiles(): readonly string[] {
    return readdirSync(this.extension, { recursive: true, encoding: 'utf8' })
      .sort()
      .map(path => {
        const { size, mtimeMs } = statSync(join(this.extension, path));
        return `${path} ${size} ${mtimeMs}`;
      });
  }

  /** The folder of the run that was started here. */
  newRun(): string | undefined {
    const folder = join(this.editor.workspace, '.thaw', 'runs');
    const name = readdirSync(folder).find(entry => entry !== OLD_RUN);
    return name !== undefined && existsSync(join(folder, name, 'events.jsonl'))
      ? join(folder, name)
      : undefined;
  }

  async showsLayers(): Promise<void> {
    await this.workbench.openFile('colours.thaw.json');
    await this.workbench.openContainer('Thaw');
    await this.workbench.treeRow('Layers', 'classifier').waitFor();
    const rows = await this.workbench.treeItems('Layers');
    assert.deepEqual(
      rows.map(({ label, checked }) => [label, checked]),
      [
        ['features', false],
        ['classifier', false],
      ],
    );
  }
}

/** Files that a process has mapped into its memory. */
function librariesOf(pid: number): readonly string[] {
  try {
    const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
    return [...new Set(lines.map(line => /\s(\/.*)$/.exec(line)?.[1]).filter(path => path !== undefined))];
  } catch {
    return [];
  }
}

/** Gives and takes the permission to write a folder and all below it. */
function setWritable(folder: string, writable: boolean): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(path => join(folder, path));
  for (const path of [folder, ...paths]) {
    const { mode } = statSync(path);
    chmodSync(path, writable ? mode | 0o200 : mode & ~0o222);
  }
}
