// Packages the extension as built into dist: node .config/packageExtension.mjs [TARGET...], all of them when none is named.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What npm calls the platform of each package; the engine exists on these, and elsewhere runs can be looked at. */
const TARGETS = {
  'linux-x64': ['--os=linux', '--cpu=x64', '--libc=glibc'],
  'linux-arm64': ['--os=linux', '--cpu=arm64', '--libc=glibc'],
  'darwin-arm64': ['--os=darwin', '--cpu=arm64'],
  universal: ['--omit=optional'],
};
/** The binding is built once, here, for the platform that the builder runs on. */
const WITH_BINDING = 'linux-x64';

const asked = process.argv.slice(2);
const unknown = asked.filter(target => !(target in TARGETS));
if (unknown.length > 0) {
  throw new Error(`No target ${unknown.join(' ')}: there are ${Object.keys(TARGETS).join(', ')}`);
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** What every package holds, as it was at the start. */
const ours = mkdtempSync(join(tmpdir(), 'thaw-package-'));
try {
  const files = ['package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'media'];
  const built = ['extension.js', 'worker.js', 'webview'].map(name => join('dist', name));
  for (const name of [...files, ...built]) cpSync(join(root, name), join(ours, name), { recursive: true });
  for (const target of asked.length > 0 ? asked : Object.keys(TARGETS)) packageFor(target);
} finally {
  rmSync(ours, { recursive: true, force: true });
}

function packageFor(target) {
  const staging = mkdtempSync(join(tmpdir(), 'thaw-package-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(root, name), join(staging, name));
    run('npm', ['ci', '--omit=dev', '--prefer-offline', ...TARGETS[target]], staging);

    cpSync(ours, staging, { recursive: true });
    const { scripts, devDependencies, bin, private: _, ...published } = manifest;
    writeFileSync(join(staging, 'package.json'), JSON.stringify(published, undefined, 2));
    if (target === WITH_BINDING) {
      addBinding(join(staging, 'dist', 'binding', target));
      // npm wants the packages to be there, the sources that the binding is built from are not needed.
      for (const sources of [
        ['@tensorflow', 'tfjs-node-gpu', 'binding'],
        ['node-api-headers', 'include'],
      ]) {
        rmSync(join(staging, 'node_modules', ...sources), { recursive: true });
      }
    }

    const file = join(root, 'dist', `thaw-${target}-${manifest.version}.vsix`);
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const options = ['--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
    run(
      process.execPath,
      [vsce, 'package', ...options, ...(target === 'universal' ? [] : ['--target', target])],
      staging,
    );
    console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** The installed engine's two addons; it is installed first where it is not there. */
function addBinding(folder) {
  if (`${process.platform}-${process.arch}` !== WITH_BINDING) {
    throw new Error(`The package for ${WITH_BINDING} is made on ${WITH_BINDING}`);
  }
  const cli = join(root, 'dist', 'cli.js');
  run(process.execPath, [cli, 'runtime', 'install'], root);
  const runtime = execFileSync(process.execPath, [cli, 'runtime', 'where'], { encoding: 'utf8' }).trim();
  mkdirSync(folder, { recursive: true });
  for (const name of ['tfjs_binding.node', 'stderr_switch.node'])
    cpSync(join(runtime, 'tensorflow', name), join(folder, name));
}

/** Runs a program; its output is shown only when it fails. */
function run(program, args, cwd) {
  try {
    execFileSync(program, args, {
      cwd,
      stdio: 'pipe',
      shell: process.platform === 'win32' && program === 'npm',
    });
  } catch ({ stdout, stderr }) {
    process.stderr.write(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
    throw new Error(`${program} failed`);
  }
}
