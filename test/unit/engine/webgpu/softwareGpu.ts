import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { cacheFolder } from '../../../../src/core/cacheFolder';
import { installOnce } from '../../../installOnce';

const run = promisify(execFile);

/** SwiftShader, Vulkan on the CPU, comes with the browser that the editor's tests use. */
const PACKAGE = { name: '@sparticuz/chromium', version: '153.0.0' };
const ARCHIVE = join('bin', 'swiftshader.tar.br');
const SHA256 = 'b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631';

/** What glibc's dlfcn.h says: a library stays loaded after whoever opened it closed it. */
const RTLD_NODELETE = 0x1000;

let using: Promise<void> | undefined;

/**
 * Has WebGPU, in this process and those started from it, find SwiftShader and no other GPU, so that every machine
 * computes the same. It is fetched into the cache folder the first time. Other machines than Linux x64 use their own GPU.
 */
export function useSoftwareGpu(): Promise<void> {
  return (using ??= findOrInstall());
}

async function findOrInstall(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const folder = cacheFolder('swiftshader', `${PACKAGE.version}-${SHA256.slice(0, 8)}`);
  await installOnce(folder, install);
  process.env['VK_ICD_FILENAMES'] = join(folder, 'vk_swiftshader_icd.json');
  process.env['LD_LIBRARY_PATH'] = [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  keepLoaded(join(folder, 'libvulkan.so.1'));
}

async function install(folder: string): Promise<void> {
  const { name, version } = PACKAGE;
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: version } }),
  );
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  const packed = await readFile(join(folder, 'node_modules', name, ARCHIVE));
  const sha256 = createHash('sha256').update(packed).digest('hex');
  if (sha256 !== SHA256) throw new Error(`${ARCHIVE} of ${name} ${version} is ${sha256}, not ${SHA256}`);
  const archive = join(folder, 'swiftshader.tar');
  await writeFile(archive, await promisify(brotliDecompress)(packed));
  await run('tar', ['-xf', archive, '-C', folder]);
  for (const done of [archive, join(folder, 'node_modules')]) await rm(done, { recursive: true });
}

/** A process looks at LD_LIBRARY_PATH when it starts; Dawn finds a library of that name that is loaded already. */
function keepLoaded(file: string): void {
  try {
    process.dlopen({ exports: {} }, file, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    // It is no addon for Node, which is said only once it is loaded.
    if (!/did not self-register/.test((error as Error).message)) throw error;
  }
}
