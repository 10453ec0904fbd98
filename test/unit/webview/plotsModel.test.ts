import { strict as assert } from 'node:assert';
import type { PlottedRun } from '../../../src/protocol/pageMessages';
import { PlotsModel } from '../../../webview/plots/plotsModel';

function run(folder: string, time: number, status: PlottedRun['status'] = 'completed'): PlottedRun {
  return { folder, name: folder, status, isStopping: false, time, events: [] };
}

function model(chosen?: readonly string[]) {
  const made = new PlotsModel(chosen);
  made.fill([run('old', 1), run('new', 3), run('middle', 2)]);
  return made;
}

const shown = (of: PlotsModel): readonly string[] => of.shown.map(({ folder }) => folder);

describe('the runs of the plots', () => {
  it('are listed newest first', () => {
    assert.deepEqual(
      model().runs.map(({ folder }) => folder),
      ['new', 'middle', 'old'],
    );
  });

  it('show the newest, as long as nobody chooses', () => {
    const plots = model();
    assert.deepEqual(shown(plots), ['new']);
    plots.update(run('newer', 4, 'queued'));
    assert.deepEqual(shown(plots), ['newer']);
  });

  it('show those chosen, and a run that begins', () => {
    const plots = model();
    plots.choose('old', true);
    assert.deepEqual(shown(plots), ['new', 'old']);
    plots.choose('new', false);
    plots.update(run('newer', 4, 'preparing'));
    plots.update(run('found', 0));
    assert.deepEqual(shown(plots), ['newer', 'old']);
  });

  it('go back to the newest when the last of those chosen is deleted', () => {
    const plots = model(['old']);
    plots.remove('old');
    assert.deepEqual(shown(plots), ['new']);
  });

  it('can all be hidden', () => {
    const plots = model(['old']);
    plots.choose('old', false);
    assert.deepEqual(shown(plots), []);
  });

  it('keep their looks as others come and go, those shown having the first', () => {
    const plots = model(['old']);
    const numbers = (): readonly number[] => ['old', 'new', 'middle'].map(folder => plots.numberOf(folder));
    assert.deepEqual(numbers(), [0, 1, 2]);
    plots.remove('new');
    plots.update(run('newer', 4));
    assert.equal(plots.numberOf('newer'), 3);
    assert.deepEqual(numbers(), [0, 1, 2]);
  });

  it('take events of runs they know, and pass over others', () => {
    const plots = model();
    for (const folder of ['new', 'unknown']) {
      plots.append(folder, { kind: 'bestEpoch', epoch: 2, accuracy: 0.5 });
    }
    assert.deepEqual(plots.shown[0]!.best, { epoch: 2, accuracy: 0.5 });
    assert.equal(plots.runs.length, 3);
  });
});
