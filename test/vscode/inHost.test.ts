import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeInHost } from './describeInHost';

const folder = join(__dirname, 'host');
const files = readdirSync(folder).filter(name => name.endsWith('.test.ts'));

/** THAW_TEST names the one file to run, without `.test.ts`. */
const only = process.env.THAW_TEST;

describeInHost(
  'in the extension host',
  files
    .filter(name => only === undefined || name === `${only}.test.ts`)
    .sort()
    .map(name => join(folder, name)),
);
