import { strict as assert } from 'node:assert';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';

const ID = 'thaw.thaw';

describe('the extension', () => {
  const extension = vscode.extensions.getExtension(ID)!;
  /** Bytes that the heap has grown by with the activation. */
  let grown = Infinity;

  it('is asleep where nothing calls for it', () => {
    assert.equal(extension.isActive, false);
  });

  it('activates within 100 ms of the processor, its loading and the way there and back included', async () => {
    // Not by the clock: other programs run on the machine, too.
    const heap = usedHeap();
    const start = process.cpuUsage();
    await extension.activate();
    const { user, system } = process.cpuUsage(start);
    grown = usedHeap() - heap;
    const time = (user + system) / 1000;
    assert.equal(extension.isActive, true);
    assert.ok(time < 100, `took ${time.toFixed(1)} ms`);
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
