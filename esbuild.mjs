import { build, context } from 'esbuild';

const flags = new Set(process.argv.slice(2));
const unknown = [...flags].filter(flag => !['--watch', '--minify'].includes(flag));
if (unknown.length > 0) throw new Error(`Unknown ${unknown.join(' ')}: esbuild.mjs takes --watch and --minify`);

const shared = {
  bundle: true,
  sourcemap: true,
  minify: flags.has('--minify'),
  logLevel: 'warning',
  // Stack traces and error classes keep their names.
  keepNames: true,
};

const node = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // sharp finds its own binary beside itself.
  external: ['sharp', 'vscode'],
  alias: {
    // tfjs-node's backend and kernels use of the tfjs package only what tfjs-core has.
    '@tensorflow/tfjs': '@tensorflow/tfjs-core',
    // Its main file hides its own requires from bundlers.
    'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
  },
};

/** Every program of the project: where it begins, where it goes, what it runs on. */
const bundles = [
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } },
];

if (flags.has('--watch')) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  await Promise.all(bundles.map(bundle => build(bundle)));
}
