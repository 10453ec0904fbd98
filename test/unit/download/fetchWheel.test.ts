import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchWheel, type WheelPin } from '../../../src/core/download/fetchWheel';
import { finish, type Progress } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder } from '../weights/temporaryFolder';
import { fakeProgram, withEnvironment } from './onPath';
import { tinyWheel } from './tinyWheel';

const { wheel, pin } = tinyWheel('thawprobe', '1.2.0');

describe('fetchWheel', () => {
  const temporary = temporaryFolder();
  let count = 0;
  let offline = '';

  before(async () => {
    offline = temporary.path('offline');
    await mkdir(offline);
    await writeFile(join(offline, pin.file), wheel);
  });

  const freshFolder = (): string => temporary.path(`wheels-${count++}`);

  /** Through the real pip, which sees nothing but the offline folder. */
  function fetch(
    wanted: WheelPin,
    folder: string,
    onProgress?: (progress: Progress) => void,
    signal = new AbortController().signal,
  ): Promise<string> {
    return withEnvironment({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: offline }, () =>
      finish(fetchWheel(wanted, folder, { signal }), onProgress),
    );
  }

  const failsWith = (promise: Promise<unknown>, message: RegExp): Promise<void> =>
    assert.rejects(promise, error => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });

  it('fetches through pip from an offline folder and leaves only the wheel', async () => {
    const folder = freshFolder();
    const steps: Progress[] = [];
    const path = await fetch(pin, folder, step => steps.push(step));
    assert.equal(path, join(folder, pin.file));
    assert.deepEqual(await readFile(path), wheel);
    assert.deepEqual(await readdir(folder), [pin.file]);
    assert.deepEqual(steps[0], {
      task: 'Fetching thawprobe 1.2.0',
      done: 0,
      total: wheel.length,
      unit: 'bytes',
    });
    assert.equal(steps.at(-1)?.done, wheel.length);
  });

  it('keeps a right file that is there, without Python', async () => {
    const folder = freshFolder();
    await mkdir(folder);
    await writeFile(join(folder, pin.file), wheel);
    await withEnvironment({ PATH: folder }, () => fetch(pin, folder));
  });

  it('replaces a torn file that is there', async () => {
    const folder = freshFolder();
    await mkdir(folder);
    await writeFile(join(folder, pin.file), wheel.subarray(0, 100));
    assert.deepEqual(await readFile(await fetch(pin, folder)), wheel);
  });

  it('deletes a file with a wrong checksum and gives both checksums', async () => {
    const folder = freshFolder();
    const wrong = { ...pin, sha256: '0'.repeat(64) };
    await failsWith(fetch(wrong, folder), new RegExp(`sha256 ${pin.sha256} instead of ${'0'.repeat(64)}`));
    assert.deepEqual(await readdir(folder), []);
  });

  it('repeats what pip says of a version that is not there', async () => {
    const folder = freshFolder();
    await failsWith(
      fetch({ ...pin, version: '9.9', sha256: '1'.repeat(64) }, folder),
      /^thawprobe 9\.9 .*pip says "No matching distribution found for thawprobe==9\.9": .*PIP_FIND_LINKS/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('names the file asked for when the mirror has another', async () => {
    const folder = freshFolder();
    const other = { ...pin, file: 'thawprobe-1.2.0-cp311-cp311-linux_x86_64.whl' };
    await failsWith(
      fetch(other, folder),
      /pip fetched thawprobe-1\.2\.0-py3-none-any\.whl where thawprobe-1\.2\.0-cp311/,
    );
  });

  it('leaves nothing when it is interrupted while pip runs', async () => {
    const folder = freshFolder();
    const controller = new AbortController();
    const reason = new Error('enough');
    await assert.rejects(
      fetch(pin, folder, () => controller.abort(reason), controller.signal),
      reason,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves nothing when its consumer leaves early', async () => {
    const folder = freshFolder();
    const { signal } = new AbortController();
    const work = fetchWheel(pin, folder, { signal });
    await work.next();
    await work.return('');
    assert.deepEqual(await readdir(folder), []);
  });

  it('may run twice at once', async () => {
    const folder = freshFolder();
    const { signal } = new AbortController();
    const paths = await withEnvironment({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: offline }, () =>
      Promise.all([1, 2].map(() => finish(fetchWheel(pin, folder, { signal })))),
    );
    assert.deepEqual(paths, [join(folder, pin.file), join(folder, pin.file)]);
    assert.deepEqual(await readdir(folder), [pin.file]);
  });

  it('says that Python is missing', async () => {
    const folder = freshFolder();
    await withEnvironment({ PATH: offline }, () =>
      failsWith(fetch(pin, folder), /^No Python was found .*apt install python3-pip/),
    );
  });

  it('says that pip is missing', async () => {
    const programs = freshFolder();
    await mkdir(programs);
    await fakeProgram(programs, 'python3', 'echo "python3: No module named pip" >&2; exit 1');
    await withEnvironment({ PATH: programs }, () =>
      failsWith(fetch(pin, freshFolder()), /^python3 has no pip, .*ensurepip/),
    );
  });

  it('says that the disk is too small before it begins', async () => {
    await failsWith(
      fetch({ ...pin, bytes: 1e18, sha256: '2'.repeat(64) }, freshFolder()),
      /^thawprobe 1\.2\.0 needs 2,000,000,000,000 MB in .*THAW_CACHE/,
    );
  });
});
