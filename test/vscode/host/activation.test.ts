import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';

const ID = 'thaw.thaw';

describe('the extension', () => {
  const extension = vscode.extensions.getExtension(ID)!;

  it('is asleep where nothing calls for it', () => {
    assert.equal(extension.isActive, false);
  });

  it('activates within 100 ms of the processor, its loading and the way there and back included', async () => {
    // Not by the clock: other programs run on the machine, too.
    const start = process.cpuUsage();
    await extension.activate();
    const { user, system } = process.cpuUsage(start);
    const time = (user + system) / 1000;
    assert.equal(extension.isActive, true);
    assert.ok(time < 100, `took ${time.toFixed(1)} ms`);
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

/** Native libraries that the process has loaded. */
function addonsOfTheProcess(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as { readonly sharedObjects: readonly string[] };
  return sharedObjects;
}
