// Packages the extension as built into dist: tsx .config/packageExtension.mjs [TARGET...], all of them when none is named.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { billOfMaterials } from './billOfMaterials.mjs';
import { shippedBinding } from './shippedBinding.mjs';
import { shippedPackages } from './shippedPackages.mjs';
import { thirdPartyLicenses } from './thirdPartyLicenses.mjs';

const root = resolve(import.meta.dirname, '..');

/** What npm calls the platform of each package; the engine exists on these, and elsewhere runs can be looked at. */
const TARGETS = {
  'linux-x64': ['--os=linux', '--cpu=x64', '--libc=glibc'],
  'linux-arm64': ['--os=linux', '--cpu=arm64', '--libc=glibc'],
  'darwin-arm64': ['--os=darwin', '--cpu=arm64'],
  universal: ['--omit=optional'],
};
/** What npm's package of Dawn, which brings those of all platforms, calls the platform of each package. */
const DAWN = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'darwin-universal',
};
/** The binding is built once, here, for the platform that the builder runs on. */
const WITH_BINDING = 'linux-x64';
/** What the binding is built from where it is not inside: npm wants the packages to be there, whole or not. */
const BINDING_SOURCES = [
  join('@tensorflow', 'tfjs-node-gpu', 'binding'),
  join('node-api-headers', 'include'),
];

const asked = process.argv.slice(2);
const unknown = asked.filter(target => !(target in TARGETS));
if (unknown.length > 0) {
  throw new Error(`No target ${unknown.join(' ')}: there are ${Object.keys(TARGETS).join(', ')}`);
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bundles = JSON.parse(readFileSync(join(root, 'dist', 'bundles.json'), 'utf8'));
/** What every package holds, as it was at the start. */
const ours = mkdtempSync(join(tmpdir(), 'thaw-package-'));
try {
  const texts = readdirSync(root).filter(name => /^package\.nls\.([\w-]+\.)?json$/.test(name));
  const files = [...texts, 'l10n', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore', 'media'];
  const built = ['extension.js', 'worker.js', 'webview', 'wasm', 'schemas'].map(name => join('dist', name));
  for (const name of [...files, ...built]) cpSync(join(root, name), join(ours, name), { recursive: true });
  for (const target of asked.length > 0 ? asked : Object.keys(TARGETS)) await packageFor(target);
} finally {
  rmSync(ours, { recursive: true, force: true });
}

async function packageFor(target) {
  const staging = mkdtempSync(join(tmpdir(), 'thaw-package-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc'])
      cpSync(join(root, name), join(staging, name));
    run('npm', ['ci', '--omit=dev', '--prefer-offline', ...TARGETS[target]], staging);

    cpSync(ours, staging, { recursive: true });
    const { scripts, devDependencies, bin, private: _, ...published } = manifest;
    writeFileSync(join(staging, 'package.json'), JSON.stringify(published, undefined, 2));
    if (target === WITH_BINDING) await addBinding(join(staging, 'dist', 'binding', target));
    if (target === WITH_BINDING || target === 'universal') {
      for (const sources of BINDING_SOURCES)
        rmSync(join(staging, 'node_modules', sources), { recursive: true });
    }
    const dawns = join(staging, 'node_modules', 'webgpu', 'dist');
    for (const platform of readdirSync(dawns)) {
      if (platform !== DAWN[target]) rmSync(join(dawns, platform), { recursive: true });
    }
    describeParts(staging);

    const file = join(root, 'dist', `thaw-${target}-${manifest.version}.vsix`);
    const options = ['--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
    runVsce(['package', ...options, ...(target === 'universal' ? [] : ['--target', target])], staging);
    console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function addBinding(folder) {
  if (`${process.platform}-${process.arch}` !== WITH_BINDING) {
    throw new Error(`The package for ${WITH_BINDING} is made on ${WITH_BINDING}`);
  }
  cpSync(await shippedBinding(root), folder, { recursive: true });
}

/** Writes the licences and the bill of materials of what will be in the package. */
function describeParts(staging) {
  const files = runVsce(['ls'], staging).split(/\r?\n/).filter(Boolean);
  const packages = shippedPackages({ files, bundles, folder: staging });
  writeFileSync(join(staging, 'dist', 'third-party-licenses.txt'), thirdPartyLicenses(packages));
  const installed = run('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev'], staging);
  const bill = billOfMaterials(JSON.parse(installed), packages, manifest);
  writeFileSync(join(staging, 'dist', 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);
}

function runVsce(args, cwd) {
  return run(process.execPath, [join(root, 'node_modules', '@vscode', 'vsce', 'vsce'), ...args], cwd);
}

/** Runs a program and returns what it prints; its output is shown only when it fails. */
function run(program, args, cwd) {
  try {
    return execFileSync(program, args, {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32' && program === 'npm',
    });
  } catch ({ stdout, stderr }) {
    process.stderr.write(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
    throw new Error(`${program} failed`);
  }
}
