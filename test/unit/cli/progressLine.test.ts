import assert from 'node:assert/strict';
import { ProgressLine } from '../../../src/cli/progressLine';

/** A progress line that writes to `written`, and the clock it reads. */
function makeLine(isTTY: boolean, columns = 200) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const line = new ProgressLine({ isTTY, columns, write: text => written.push(text) }, () => clock.ms);
  const show = (
    done: number,
    total: number | undefined,
    atMs: number,
    unit: 'bytes' | 'images' = 'images',
  ): void => {
    clock.ms = atMs;
    line.show({ task: 'Looking', done, total, unit });
  };
  return { written, line, show, clock };
}

describe('ProgressLine on a terminal', () => {
  it('draws over one line: bar, per cent, count and time left', () => {
    const { written, show } = makeLine(true);
    show(0, 200, 0);
    show(50, 200, 10_000);
    assert.deepEqual(written, [
      '\r\u001b[2KLooking ░░░░░░░░░░░░░░░░░░░░ 0 % (0 of 200 images)',
      '\r\u001b[2KLooking █████░░░░░░░░░░░░░░░ 25 % (50 of 200 images), 30 s left',
    ]);
  });

  it('draws ten times a second at most, but always the end', () => {
    const { written, show } = makeLine(true);
    for (let done = 0; done <= 100; done++) show(done, 100, done);
    assert.equal(written.length, 2);
    assert.match(written[1]!, /100 % \(100 of 100 images\)$/);
  });

  it('counts where the total is not known', () => {
    const { written, show } = makeLine(true);
    show(3_000_000, undefined, 0, 'bytes');
    assert.deepEqual(written, ['\r\u001b[2KLooking: 3.0 MB']);
  });

  it('never fills the last column', () => {
    const { written, show } = makeLine(true, 20);
    show(0, 200, 0);
    assert.equal(written[0]!.replace('\r\u001b[2K', '').length, 19);
  });

  it('gives the line back once', () => {
    const { written, line, show } = makeLine(true);
    show(0, 200, 0);
    line.clear();
    line.clear();
    assert.deepEqual(written.slice(1), ['\r\u001b[2K']);
  });

  it('tells minutes from seconds', () => {
    const { written, show } = makeLine(true);
    show(0, 1000e6, 0, 'bytes');
    show(100e6, 1000e6, 10_000, 'bytes');
    assert.match(written[1]!, /10 % \(100 of 1000 MB\), 1 min 30 s left$/);
  });
});

describe('ProgressLine elsewhere', () => {
  it('writes a line for each tenth of the way', () => {
    const { written, show } = makeLine(false);
    for (let done = 0; done <= 100; done += 5) show(done, 100, done * 200);
    assert.deepEqual(
      written.map(text => / (\d+) %/.exec(text)?.[1]),
      ['0', '10', '20', '30', '40', '50', '60', '70', '80', '90', '100'],
    );
    assert.equal(written[1], 'Looking: 10 % (10 of 100 images)\n');
  });

  it('writes one line a second at most', () => {
    const { written, show } = makeLine(false);
    for (let done = 0; done <= 100; done++) show(done, 100, done * 20);
    assert.equal(written.length, 3);
  });

  it('writes every five seconds where nothing moves', () => {
    const { written, show } = makeLine(false);
    for (let ms = 0; ms <= 11_000; ms += 500) show(1, undefined, ms);
    assert.equal(written.length, 3);
    assert.equal(written[0], 'Looking: 1 images\n');
  });

  it('begins anew with a new task', () => {
    const { written, line, show } = makeLine(false);
    show(90, 100, 0);
    line.show({ task: 'Building', done: 0, total: 2, unit: 'steps' });
    assert.deepEqual(written, ['Looking: 90 % (90 of 100 images)\n', 'Building: 0 % (0 of 2 steps)\n']);
  });
});
