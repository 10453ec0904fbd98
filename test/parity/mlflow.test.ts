import assert from 'node:assert/strict';
import { finish } from '../../src/core/progress';
import { logToMlflow } from '../../src/core/tracking/mlflowStore';
import { WrittenRuns } from '../unit/report/writtenRuns';
import { temporaryFolder } from '../unit/run/runFolders';
import { runPython } from './python';

describe('a run that was logged, read by MLflow', function () {
  this.timeout(240_000);
  const runs = new WrittenRuns();
  const store = temporaryFolder();

  it('has its curves, its recipe and its files', async () => {
    const run = await runs.write([
      [0, 0, 0.9],
      [1, 0, 0.8],
    ]);
    const { signal } = new AbortController();
    const { id } = await finish(logToMlflow(run, store.path, 'insects', signal));
    const stdout = await runPython('readMlflow.py', store.path, 'insects');
    const [found, ...others] = JSON.parse(stdout) as readonly Record<string, Record<string, unknown>>[];
    assert.deepEqual(others, []);
    const { params, ...told } = found!;
    assert.deepEqual(told, {
      ...{ id, name: 'insects', status: 'FINISHED', seconds: 65 },
      history: {
        train_loss: points(0.5, 0.5),
        train_accuracy: points(0.5, 0.75),
        test_loss: points(0.5, 0.5),
        test_accuracy: points(0.5, 0.25),
        learning_rate: points(0.01, 0.01),
        best_test_accuracy: points(0.5),
      },
      artifacts: ['best.predictions.jsonl', 'events.jsonl', 'recipe.json'],
    });
    assert.deepEqual(
      [params!['model'], params!['optimizer.lr'], params!['resolved.classes']],
      ['resnet18', '0.01', '["ants","bees"]'],
    );
  });
});

function points(...values: readonly number[]): unknown {
  return values.map((value, step) => [step, value]);
}
