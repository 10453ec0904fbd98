import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runReport } from '../../../src/core/report/runReport';
import { WrittenRuns } from './writtenRuns';

describe('the report of a run', () => {
  const runs = new WrittenRuns();
  /** The lines of a section, without empty ones. */
  const section = (report: string, title: string): readonly string[] => {
    const [, text] = report.split(`## ${title}\n`);
    return text!
      .split('\n## ')[0]!
      .split('\n')
      .filter(line => line !== '');
  };

  it('begins with what was reached and how', async () => {
    const report = runReport(
      await runs.read([
        [0, 0, 0.9],
        [0, 1, 0.8],
        [1, 1, 0.7],
        [1, 1, 0.6],
      ]),
    );
    assert.deepEqual(report.split('\n').slice(0, 15), [
      '# insects',
      '',
      '|  |  |',
      '| :-- | :-- |',
      '| Test accuracy | **75.00%** (95% interval 30.06% to 95.44%) |',
      '| Balanced accuracy | 75.00% |',
      '| Macro-F1 | 0.7333 |',
      '| Test loss | 0.6456 |',
      '| Expected calibration error | 0.400 |',
      '| Best epoch | 0 of 2 |',
      '| Model | `resnet18`, weights `imagenet` |',
      '| Trains | 1,026 of 11,177,538 parameters |',
      '| Pictures | 80 to train, 4 to test |',
      '| Engine | tensorflow 2.21.0, cpu |',
      '| Took | 1 min 5 s |',
    ]);
  });

  it('tells from which epochs on more layers train', async () => {
    const run = await runs.read([[0, 0, 0.9]]);
    const unfrozen = { kind: 'unfrozen', epoch: 1, trainable: 8_394_754, parameters: 11_177_538 } as const;
    const report = runReport({ ...run, best: { ...run.best, events: [...run.best.events, unfrozen] } });
    assert.match(report, /\| 1,026 of 11,177,538 parameters, 8,394,754 from epoch 1 on \|/);
  });

  it('has the curves as a chart', async () => {
    const report = runReport(
      await runs.read([
        [0, 0, 0.9],
        [1, 1, 0.7],
      ]),
    );
    assert.match(report, /```mermaid\nxychart-beta\n/);
    assert.match(report, /\n {2}x-axis "Epoch" 0 --> 1\n/);
    assert.match(report, /\n {2}line \[0\.5000, 0\.7500\]\n {2}line \[1\.0000, 0\.2500\]\n```/);
  });

  it('tells the classes, what was taken for what, and the most confident mistakes', async () => {
    const report = runReport(
      await runs.read([
        [0, 0, 0.9],
        [0, 1, 0.8],
        [1, 1, 0.7],
        [1, 0, 0.95],
      ]),
    );
    assert.deepEqual(section(report, 'Classes').slice(2), [
      '| ants | 0.500 | 0.500 | 0.500 | 2 |',
      '| bees | 0.500 | 0.500 | 0.500 | 2 |',
    ]);
    assert.deepEqual(section(report, 'Taken for another class').slice(2), [
      '| ants | **1** | 1 |',
      '| bees | 1 | **1** |',
    ]);
    assert.deepEqual(section(report, 'Most confident mistakes').slice(2), [
      '| `3.jpg` | bees | ants | 95.00% |',
      '| `1.jpg` | ants | bees | 80.00% |',
    ]);
  });

  it('lists what is confused most where a matrix would be too wide', async () => {
    const classes = Array.from({ length: 20 }, (_, k) => `class ${k}`);
    const report = runReport(
      await runs.read(
        [
          [0, 3, 0.9],
          [0, 3, 0.9],
          [4, 7, 0.6],
          [1, 1, 0.5],
        ],
        {},
        classes,
      ),
    );
    assert.deepEqual(section(report, 'Taken for another class').slice(2), [
      '| class 0 | class 3 | 2 |',
      '| class 4 | class 7 | 1 |',
    ]);
  });

  it('ends with the recipe, without where a person keeps things', async () => {
    const folder = await runs.write([[0, 0, 0.9]], { weights: '/home/ann/weights.pth' });
    assert.match(await readFile(join(folder, 'recipe.json'), 'utf8'), /\/home\/ann/);
    const report = runReport(await runs.read([[0, 0, 0.9]], { weights: '/home/ann/weights.pth' }));
    assert.doesNotMatch(report, /\/home\/ann/);
    const [, recipe] = /```json\n([^]*)\n```/.exec(report)!;
    assert.deepEqual((JSON.parse(recipe!) as { data: unknown }).data, { folder: '…/insects' });
    assert.match(report, /\| Model \| `resnet18`, weights `…\/weights\.pth` \|/);
  });

  it('takes names for names, whatever is in them', async () => {
    const hostile = '<img src=x> | [a](command:b)';
    const report = runReport(
      await runs.read(
        [
          [0, 1, 0.9],
          [1, 1, 0.9],
        ],
        { name: '# `x`' },
        ['ants', hostile],
      ),
    );
    assert.match(report, /^# \\# \\`x\\`\n/);
    const cell = '\\<img src=x\\> \\| \\[a\\]\\(command:b\\)';
    assert.ok(section(report, 'Classes')[3]!.startsWith(`| ${cell} |`), report);
  });
});
