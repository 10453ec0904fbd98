import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, Script } from 'node:vm';
import * as vscode from 'vscode';

const ID = 'thaw.thaw';

/** What `yardstick` takes on a machine that the limit of 100 ms is meant for, in ms. */
const YARDSTICK = 30;

describe('the extension', () => {
  const extension = vscode.extensions.getExtension(ID)!;
  /** Bytes that the heap has grown by with the activation. */
  let grown = Infinity;

  it('is asleep where nothing calls for it', () => {
    assert.equal(extension.isActive, false);
  });

  it('activates within 100 ms of the processor, its loading and the way there and back included', async () => {
    // Not by the clock: other programs run on the machine, too, and slow the processor down.
    await untilQuiet();
    const before = await yardstick();
    const heap = usedHeap();
    const time = await processorTime(() => extension.activate());
    grown = usedHeap() - heap;
    const slowness = Math.max(1, (before + (await yardstick())) / 2 / YARDSTICK);
    assert.equal(extension.isActive, true);
    assert.ok(
      time < 100 * slowness,
      `took ${time.toFixed(1)} ms, and other work ${slowness.toFixed(2)} times as long as it should`,
    );
  });

  it('takes less than 8 MB of the memory of the extension host for that', () => {
    assert.ok(grown < 8e6, `${grown} bytes`);
  });

  it('brings neither tfjs nor sharp into the extension host', () => {
    const { cache } = require as unknown as { cache: Readonly<Record<string, unknown>> };
    const loaded = [...Object.keys(cache), ...addonsOfTheProcess()];
    assert.notEqual(loaded.length, 0);
    assert.deepEqual(
      loaded.filter(path => /@tensorflow|tfjs|libtensorflow|[\\/]sharp|libvips/.test(path)),
      [],
    );
  });
});

/** What a fixed piece of work of the kind takes now: to compile much that was never seen and run it once. In ms. */
async function yardstick(): Promise<number> {
  const stamp = `${Math.random()}`;
  const functions = Array.from(
    { length: 2000 },
    (_, i) => `(a => { const b = a * ${i}; return b > ${stamp} ? [a, b] : { a, b }; })(${i});`,
  );
  return processorTime(() => new Script(functions.join('\n')).runInNewContext());
}

/** Resolves when the other extensions have started. */
async function untilQuiet(): Promise<void> {
  while ((await processorTime(() => sleep(500))) > 25);
}

/** Milliseconds that this process computes for. */
async function processorTime(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Bytes of the heap that are in use, without what nothing needs any more. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Native libraries that the process has loaded. */
function addonsOfTheProcess(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as { readonly sharedObjects: readonly string[] };
  return sharedObjects;
}
