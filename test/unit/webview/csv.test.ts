import { strict as assert } from 'node:assert';
import type { RunCurves } from '../../../webview/charts/curves';
import { toCsv } from '../../../webview/plots/csv';

const HEAD =
  'run,model,epoch,lr,train_loss,train_accuracy,train_seconds,test_loss,test_accuracy,test_seconds,best';

function run(name: string, changes: Partial<RunCurves> = {}): RunCurves {
  const point = { epoch: 0, lr: 0.01, train: { loss: 0.5, accuracy: 0.75, seconds: 2 } };
  return {
    ...{
      folder: '/runs/1',
      name,
      time: 0,
      status: 'completed',
      isStopping: false,
      model: 'vgg16',
      epochs: 2,
      points: [point],
    },
    ...changes,
  };
}

describe('runs as a CSV', () => {
  it('have a line per epoch, empty where nothing is known, the best marked', () => {
    const test = { loss: 0.25, accuracy: 0.875, seconds: 1 };
    const points = [...run('').points, { epoch: 1, lr: 0.001, train: { ...test, loss: 1e-7 }, test }];
    assert.equal(
      toCsv([run('insects', { points, best: { epoch: 1, accuracy: 0.875 } })]),
      [
        HEAD,
        'insects,vgg16,0,0.01,0.5,0.75,2,,,,0',
        'insects,vgg16,1,0.001,1e-7,0.875,1,0.25,0.875,1,1',
        '',
      ].join('\r\n'),
    );
  });

  const names: readonly (readonly [string, string])[] = [
    ['a, b', '"a, b"'],
    ['say "ant"', '"say ""ant"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['-1+2', "'-1+2"],
    ['@sum', "'@sum"],
  ];
  for (const [name, written] of names) {
    it(`write the name ${JSON.stringify(name)} so that no program misreads it`, () => {
      assert.equal(toCsv([run(name)]), `${HEAD}\r\n${written},vgg16,0,0.01,0.5,0.75,2,,,,0\r\n`);
    });
  }
});
