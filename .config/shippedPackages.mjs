import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(licen[cs]e|copying|notice|third-?party)/i;

/**
 * The npm packages of which something is in a package of the extension: bundled into one of its programs, or as files
 * of their own. `files`: what the package holds; `bundles`: esbuild's outputs; `folder`: where `node_modules` is.
 */
export function shippedPackages({ files, bundles, folder }) {
  const bundled = files.flatMap(file =>
    Object.entries(bundles[file]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input),
  );
  const sources = new Map();
  for (const file of [...bundled, ...files]) {
    const place = PACKAGE.exec(file)?.[0];
    if (place !== undefined) sources.set(place, [...(sources.get(place) ?? []), file]);
  }
  return [...sources]
    .map(([place, files]) => shippedPackage(join(folder, place), files, folder))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** One of them: what its manifest says, its licence files' texts, and the copyright lines of what is bundled of it. */
function shippedPackage(place, files, folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} ${version} does not say its licence`);
  const text = path => readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim();
  const names = readdirSync(place);
  return {
    ...{ name, version, license, place },
    texts: names.filter(file => LICENCE.test(file)).map(file => text(join(place, file))),
    copyright: [
      ...new Set(
        files
          .filter(file => /\.[cm]?[jt]s$|\.css$/.test(file))
          .flatMap(
            file => readFileSync(join(folder, file), 'utf8').match(/\bCopyright (\(c\) )?\d{4}.*/gi) ?? [],
          ),
      ),
    ].map(line => line.replace(/\s*\*\/\s*$/, '').trim()),
  };
}
