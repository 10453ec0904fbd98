import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build, context } from 'esbuild';
import { withTexts } from './.config/schemaTexts.mjs';

const flags = new Set(process.argv.slice(2));
const unknown = [...flags].filter(flag => !['--watch', '--minify'].includes(flag));
if (unknown.length > 0)
  throw new Error(`Unknown ${unknown.join(' ')}: esbuild.mjs takes --watch and --minify`);

const minify = flags.has('--minify');

const shared = {
  bundle: true,
  metafile: true,
  minify,
  // What is published names no maps; the licences of its parts go beside it.
  sourcemap: minify ? 'external' : true,
  legalComments: minify ? 'none' : 'eof',
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

/** A webview's page; a style sheet that it imports goes beside it. */
const page = {
  ...shared,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
};

/** Every program of the project: where it begins, where it goes, what it runs on. */
const bundles = [
  {
    ...node,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js' },
  { ...node, entryPoints: ['src/worker/main.ts'], outfile: 'dist/worker.js' },
  { ...page, entryPoints: ['webview/plots/main.ts'], outfile: 'dist/webview/plots.js' },
  { ...page, entryPoints: ['webview/learningRate/main.ts'], outfile: 'dist/webview/learningRate.js' },
  { ...page, entryPoints: ['webview/bestEpoch/main.ts'], outfile: 'dist/webview/bestEpoch.js' },
  { ...page, entryPoints: ['webview/advice/main.ts'], outfile: 'dist/webview/advice.js' },
  { ...page, entryPoints: ['webview/comparison/main.ts'], outfile: 'dist/webview/comparison.js' },
  // The editor imports a notebook's renderer as a module: one file, its style sheets are texts in it.
  {
    ...page,
    format: 'esm',
    loader: { '.css': 'text' },
    entryPoints: ['webview/renderer/main.ts'],
    outfile: 'dist/webview/renderer.js',
  },
].filter(({ entryPoints }) => entryPoints.every(entry => existsSync(entry)));

// The built-in engine's binary, which its bundled script looks for beside itself.
const wasm = 'tfjs-backend-wasm-simd.wasm';
const { resolve } = createRequire(import.meta.url);
mkdirSync('dist/wasm', { recursive: true });
copyFileSync(resolve(`@tensorflow/tfjs-backend-wasm/dist/${wasm}`), `dist/wasm/${wasm}`);

// The editor has no bundles for the schemas of JSON: one of each in each language, which package.nls.LANGUAGE.json names.
const jsonIn = file => JSON.parse(readFileSync(file, 'utf8'));
for (const file of readdirSync('l10n')) {
  const language = /^schema\.l10n\.(.+)\.json$/.exec(file)?.[1];
  if (language === undefined) continue;
  const texts = jsonIn(`l10n/${file}`);
  mkdirSync(`dist/schemas/${language}`, { recursive: true });
  for (const name of ['recipe.schema.json', 'cell.schema.json']) {
    const schema = withTexts(jsonIn(`media/${name}`), text => texts[text] ?? text);
    writeFileSync(`dist/schemas/${language}/${name}`, JSON.stringify(schema));
  }
}

if (flags.has('--watch')) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  const built = await Promise.all(bundles.map(bundle => build(bundle)));
  // Which files each bundle holds, for the list of what ships.
  const outputs = Object.assign({}, ...built.map(({ metafile }) => metafile.outputs));
  writeFileSync('dist/bundles.json', JSON.stringify(outputs));
}
