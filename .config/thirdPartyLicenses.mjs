import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import spdx from 'spdx-license-list/full.js';

/** Licences that are an addition to another one, whose text has to come along. */
const BUILDS_ON = { 'LGPL-3.0-or-later': 'GPL-3.0-or-later' };
const RULE = '='.repeat(80);

/**
 * The licences of what ships, as one text: each package with its own words, or with the standard text of its licence
 * where it comes without. Throws where there is neither.
 */
export function thirdPartyLicenses(packages) {
  const missing = new Set();
  const parts = packages.map(({ name, version, license, texts, copyright, place }) => {
    const own = [...texts, ...librariesInside(place)];
    if (texts.length === 0) {
      missing.add(license);
      own.unshift([...copyright, `The text of ${license} is at the end.`].join('\n'));
    }
    return [RULE, `${name} ${version}`, `Licence: ${license}`, '', own.join('\n\n')].join('\n');
  });
  for (const id of [...missing]) if (BUILDS_ON[id]) missing.add(BUILDS_ON[id]);
  const standard = [...missing].sort().map(id => {
    if (!spdx[id]) throw new Error(`There is no text for the licence ${id}`);
    return [RULE, spdx[id].name, '', spdx[id].licenseText.trim()].join('\n');
  });
  return `${['Thaw contains the following software of others.', ...parts, ...standard].join('\n\n')}\n`;
}

/** What a package of libraries built together says of their licences. */
function librariesInside(place) {
  if (!existsSync(join(place, 'versions.json'))) return [];
  const readme = readFileSync(join(place, 'README.md'), 'utf8');
  const from = readme.indexOf('## Licensing');
  if (from === -1) throw new Error(`${place} does not say the licences of its libraries any more`);
  return [readme.slice(from).trim()];
}
