import { strict as assert } from 'node:assert';
import type { ComparedRun } from '../../../../src/protocol/comparisonMessages';
import { ComparisonModel } from '../../../../webview/comparison/comparisonModel';

function run(folder: string, accuracy: number | undefined, isThere = true): ComparedRun {
  const plotted = {
    folder,
    name: 'same',
    status: 'completed',
    isStopping: false,
    time: 1,
    events: [],
  } as const;
  return {
    ...{ folder, name: `name of ${folder}`, run: isThere ? plotted : undefined, problem: undefined },
    best: accuracy === undefined ? undefined : { accuracy, samples: 4, loss: 1, numbers: [] },
  };
}

function model(kept?: ConstructorParameters<typeof ComparisonModel>[0]) {
  const made = new ComparisonModel(kept);
  made.fill({
    runs: [run('a', 0.5), run('b', undefined), run('c', 0.9), run('d', 0.7), run('gone', undefined, false)],
    differences: [],
  });
  return made;
}
const shown = (of: ComparisonModel) => of.shown.map(({ folder }) => folder);

describe('the runs of a comparison', () => {
  it('are named for it, and drawn where their folders are there', () => {
    const compared = model();
    assert.deepEqual(shown(compared), ['a', 'b', 'c', 'd']);
    compared.append('b', { kind: 'bestEpoch', epoch: 0, accuracy: 0.25 });
    assert.deepEqual(
      compared.curves.map(({ name }) => name),
      ['name of a', 'name of b', 'name of c', 'name of d'],
    );
    assert.equal(compared.curves[1]!.best!.accuracy, 0.25);
  });

  it('can be switched off and on', () => {
    const compared = model();
    compared.switch('c', false);
    assert.deepEqual(shown(compared), ['a', 'b', 'd']);
    assert.deepEqual(shown(model(compared.state)), ['a', 'b', 'd']);
    compared.switch('c', true);
    assert.equal(shown(compared).length, 4);
  });

  it('have the two best beside each other, until a person chooses', () => {
    const compared = model();
    assert.deepEqual(compared.pair, { first: 'c', second: 'd' });
    compared.which = 'bothWrong';
    compared.choose({ first: 'a', second: 'c' });
    assert.deepEqual([compared.pair, compared.which], [{ first: 'a', second: 'c' }, 'differ']);
    assert.deepEqual(model(compared.state).pair, { first: 'a', second: 'c' });
  });

  it('go back to the two best when a chosen one can no longer be judged', () => {
    const compared = model();
    compared.choose({ first: 'a', second: 'c' });
    compared.fill({ runs: [run('a', undefined), run('c', 0.9), run('d', 0.7)], differences: [] });
    assert.deepEqual(compared.pair, { first: 'c', second: 'd' });
    compared.fill({ runs: [run('a', undefined), run('c', 0.9)], differences: [] });
    assert.equal(compared.pair, undefined);
  });
});
