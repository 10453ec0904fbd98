import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeInHost } from './describeInHost';

/** A workspace of a stranger: a recipe, and a run that says that it is live, by a process of another machine. */
const workspace = mkdtempSync(join(tmpdir(), 'thaw-stranger-'));
const run = join(workspace, '.thaw', 'runs', '2026-01-01T00-00-00-stranger');
mkdirSync(run, { recursive: true });
const recipe = '{ "data": { "folder": "/" }, "model": "resnet18", "weights": "none" }';
writeFileSync(join(workspace, 'a.thaw.json'), recipe);
const files: Readonly<Record<string, unknown>> = {
  'start.json': {
    ...{ name: 'stranger', recipeFile: join(workspace, 'a.thaw.json'), recipe, version: '0' },
    requested: 1e15,
  },
  'live.json': { process: { pid: 1, place: 'elsewhere' }, phase: 'running', heartbeat: 1e15 },
  'events.jsonl': { kind: 'runEnded', status: 'failed', bestEpoch: -1, bestAccuracy: 0, seconds: 0 },
};
for (const [name, content] of Object.entries(files))
  writeFileSync(join(run, name), `${JSON.stringify(content)}\n`);
writeFileSync(join(run, 'worker.log'), '');

after(() => rmSync(workspace, { recursive: true, force: true }));

describeInHost('in the extension host', [join(__dirname, 'host', 'restricted.ts')], () => ({
  workspace,
  trust: 'restricted',
}));
