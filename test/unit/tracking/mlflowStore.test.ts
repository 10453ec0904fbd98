import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish } from '../../../src/core/progress';
import { logToMlflow, type LoggedRun } from '../../../src/core/tracking/mlflowStore';
import { WrittenRuns } from '../report/writtenRuns';

describe("a run in MLflow's file store", () => {
  const runs = new WrittenRuns();
  let store: string;
  beforeEach(async () => {
    store = await mkdtemp(join(tmpdir(), 'thaw-mlflow-'));
  });
  afterEach(() => rm(store, { recursive: true, force: true }));

  const judged = [
    [0, 0, 0.9],
    [1, 1, 0.8],
  ] as const;
  const log = (run: string, experiment = 'insects'): Promise<LoggedRun> =>
    finish(logToMlflow(run, store, experiment, new AbortController().signal));
  const text = (folder: string, ...path: string[]): Promise<string> =>
    readFile(join(folder, ...path), 'utf8');

  it('has each curve as lines of time, value and epoch', async () => {
    const { folder } = await log(await runs.write(judged));
    const columns = async (metric: string): Promise<readonly (readonly number[])[]> => {
      const lines = (await text(folder, 'metrics', metric)).trim().split('\n');
      return lines.map(line => line.split(' ').map(Number));
    };
    const losses = await columns('test_loss');
    assert.deepEqual(
      losses.map(([, value, step]) => [value, step]),
      [
        [0.5, 0],
        [0.5, 1],
      ],
    );
    // A phase of a second each: train, test, train, test.
    assert.equal(losses[1]![0]! - losses[0]![0]!, 2000);
    assert.deepEqual(
      (await columns('train_accuracy')).map(([, value]) => value),
      [0.5, 0.75],
    );
    assert.deepEqual(
      (await columns('best_test_accuracy')).map(([, value, step]) => [value, step]),
      [[1, 0]],
    );
    assert.deepEqual((await readdir(join(folder, 'metrics'))).sort(), [
      ...[
        'best_test_accuracy',
        'learning_rate',
        'test_accuracy',
        'test_loss',
        'train_accuracy',
        'train_loss',
      ],
    ]);
  });

  it("has the recipe's fields as parameters, and what it wrote as artifacts", async () => {
    const { folder } = await log(await runs.write(judged, { freeze: ['conv1'] }));
    assert.equal(await text(folder, 'params', 'optimizer.lr'), '0.01');
    assert.equal(await text(folder, 'params', 'model'), 'resnet18');
    assert.equal(await text(folder, 'params', 'freeze'), '["conv1"]');
    assert.equal(await text(folder, 'params', 'resolved.classes'), '["ants","bees"]');
    assert.deepEqual((await readdir(join(folder, 'artifacts'))).sort(), [
      ...['best.predictions.jsonl', 'events.jsonl', 'recipe.json'],
    ]);
  });

  it('says in meta.yaml whose it is and how it ended', async () => {
    const { id, folder } = await log(await runs.write(judged));
    const meta = await text(folder, 'meta.yaml');
    assert.match(id, /^[0-9a-f]{32}$/);
    for (const line of [`run_id: "${id}"`, 'run_name: "insects"', 'status: 3', 'lifecycle_stage: "active"'])
      assert.ok(meta.includes(`${line}\n`), `${line} in ${meta}`);
    assert.match(meta, /^artifact_uri: "file:\/\/.*\/artifacts"$/m);
  });

  it('replaces a run that was logged before, and leaves nothing else behind', async () => {
    const run = await runs.write(judged);
    const first = await log(run);
    await writeFile(join(first.folder, 'params', 'of-the-old-one'), '');
    assert.deepEqual(await log(run), first);
    assert.ok(!(await readdir(join(first.folder, 'params'))).includes('of-the-old-one'));
    assert.deepEqual(await readdir(join(store, '.trash')), []);
  });

  it("joins an experiment of MLflow's own by its name, and makes one of another name", async () => {
    await mkdir(join(store, '0'));
    await writeFile(
      join(store, '0', 'meta.yaml'),
      "experiment_id: '0'\nlifecycle_stage: active\nname: 'it''s mine'\n",
    );
    const run = await runs.write(judged);
    assert.equal((await log(run, "it's mine")).folder.startsWith(join(store, '0')), true);
    await log(run, 'another');
    const experiments = (await readdir(store)).filter(name => name !== '.trash' && name !== '0');
    assert.equal(experiments.length, 1);
    assert.match(await text(store, experiments[0]!, 'meta.yaml'), /^name: "another"$/m);
  });

  it('copies nothing that a link in the run folder leads to', async () => {
    const run = await runs.write(judged);
    const secret = join(store, 'secret');
    await writeFile(secret, 'mine');
    await symlink(secret, join(run, 'layers.json'));
    const { folder } = await log(run);
    assert.ok(!(await readdir(join(folder, 'artifacts'))).includes('layers.json'));
  });

  it('leaves no half of a run where it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const work = logToMlflow(await runs.write(judged), store, 'insects', controller.signal);
    await assert.rejects(finish(work), { name: 'AbortError' });
    const [experiment] = (await readdir(store)).filter(name => name !== '.trash');
    assert.deepEqual(await readdir(join(store, experiment!)), ['meta.yaml']);
    assert.deepEqual(await readdir(join(store, '.trash')), []);
  });
});
