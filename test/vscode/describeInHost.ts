import { strict as assert } from 'node:assert';
import { Test, type Suite } from 'mocha';
import { runInHost } from './runInHost';
import type { EditorOptions } from './startEditor';

/**
 * Describes a suite that runs files in the extension host of one new window, and shows each of their tests as one of
 * its own.
 */
export function describeInHost(
  title: string,
  files: readonly string[],
  options: () => EditorOptions = () => ({}),
): void {
  describe(title, () => {
    let ran = 0;
    before(async function () {
      const suite: Suite = this.test!.parent!;
      const results = await runInHost(files, options());
      for (const { title, error } of results) {
        ran++;
        suite.addTest(
          new Test(title, () => {
            if (error !== undefined) throw new HostError(error);
          }),
        );
      }
    });

    it('has tests there', () => assert.notEqual(ran, 0));
  });
}

/** A failure in the extension host, with the stack from there. */
class HostError extends Error {
  constructor(stack: string) {
    super(stack.split('\n', 1)[0]);
    this.stack = stack;
  }
}
