import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../../../src/core/run/processIdentity';
import { waitForTurn } from '../../../src/core/run/turn';
import { deadProcess, temporaryFolder } from './runFolders';

describe('waiting for a turn', () => {
  const folder = temporaryFolder();
  const { signal } = new AbortController();
  const wait = (onWait?: (ahead: number) => void, stop: AbortSignal = signal) =>
    waitForTurn(stop, onWait, folder.path);

  it('comes at once to the first, then to the others as they came', async () => {
    const order: number[] = [];
    const ahead: number[] = [];
    const first = await wait();
    const others = [1, 2].map(async number => {
      await sleep(10 * number);
      const turn = await wait(count => ahead.push(count));
      order.push(number);
      await turn.release();
    });
    await sleep(400);
    assert.deepEqual([order, ahead], [[], [1, 2]]);
    await first.release();
    await Promise.all(others);
    assert.deepEqual(order, [1, 2]);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('does not wait for processes that are gone, nor for tickets that are none', async () => {
    const ticket = (name: string, content: unknown): string => {
      const file = join(folder.path, `000000000000001-${name}.json`);
      writeFileSync(file, JSON.stringify(content));
      return file;
    };
    ticket('dead', { ...identityOf(), pid: deadProcess() });
    ticket('nonsense', []);
    const far = ticket('far', { ...identityOf(), place: 'elsewhere' });
    utimesSync(far, new Date(), new Date(Date.now() - 121_000));
    const turn = await wait(() => assert.fail('waits'));
    assert.equal(readdirSync(folder.path).length, 1);
    await turn.release();
  });

  it('comes in the order of drawing, within a millisecond too', async () => {
    for (let round = 0; round < 20; round++) {
      const first = await wait();
      const controller = new AbortController();
      await assert.rejects(
        wait(() => controller.abort(), controller.signal),
        { name: 'AbortError' },
      );
      await first.release();
    }
  });

  it('is given up when waiting is cancelled', async () => {
    const first = await wait();
    const controller = new AbortController();
    const second = wait(() => controller.abort(), controller.signal);
    await assert.rejects(second, { name: 'AbortError' });
    assert.equal(readdirSync(folder.path).length, 1);
    await first.release();
  });
});
