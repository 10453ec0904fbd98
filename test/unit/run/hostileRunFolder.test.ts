import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readBestEpoch } from '../../../src/core/run/bestEpoch';
import { isTrainingEvent, parseEvent } from '../../../src/core/run/checkEvent';
import { readEvents } from '../../../src/core/run/eventLog';
import {
  isStopRequested,
  readLiveState,
  readStartRequest,
  requestStop,
} from '../../../src/core/run/liveState';
import { readPredictions } from '../../../src/core/run/predictions';
import { readRunSettings } from '../../../src/core/run/runFolder';
import { settleCheckpoint } from '../../../src/core/run/checkpoint';
import { RunRecorder } from '../../../src/core/run/runRecorder';
import { RunRecord } from '../../../src/core/run/runRecord';
import { batch, ended, started, temporaryFolder } from './runFolders';

const ENDLESS = '/dev/zero';

describe('A run folder of a stranger', () => {
  const place = temporaryFolder();
  let folder: string;
  beforeEach(() => mkdirSync((folder = join(place.path, 'run'))));
  const file = (name: string): string => join(folder, name);

  it('ends no file of the person when its run is asked to stop', () => {
    const thesis = join(place.path, 'thesis.txt');
    writeFileSync(thesis, 'years of work');
    symlinkSync(thesis, file('stop'));
    requestStop(folder);
    assert.equal(readFileSync(thesis, 'utf8'), 'years of work');
  });

  it('makes no file elsewhere when its run is asked to stop', () => {
    symlinkSync(join(place.path, 'new.txt'), file('stop'));
    requestStop(folder);
    assert.equal(existsSync(join(place.path, 'new.txt')), false);
  });

  it('is not trained on where a file or a folder of it is a link: what is cleared away would be elsewhere', () => {
    const precious = join(place.path, 'precious');
    mkdirSync(precious);
    for (const [link, target] of [
      ['last', precious],
      ['events.jsonl', join(precious, 'log')],
      ['last/weights-1.safetensors', join(precious, 'log')],
    ] as const) {
      rmSync(folder, { recursive: true });
      mkdirSync(dirname(file(link)), { recursive: true });
      symlinkSync(target, file(link));
      assert.throws(() => new RunRecorder().open(folder), {
        name: 'UserError',
        message: new RegExp(`its ${link.replace('.', '\\.')} is a link to somewhere else`),
      });
      assert.deepEqual(readdirSync(precious), []);
    }
  });

  it('loses nothing of last/ that training did not write', async () => {
    mkdirSync(file('last'));
    const named = { bytes: 0, sha256: '' };
    const checkpoint = {
      ...{
        version: 1 as const,
        position: { epoch: 0, batch: 0, lossSum: 0, correct: 0, samples: 0, seconds: 0 },
      },
      ...{ steps: 2, seconds: 0, weights: { file: 'weights-2.safetensors', ...named } },
      optimizer: { file: 'optimizer-2.safetensors', ...named },
    } as const;
    const names = ['weights-1.safetensors', 'weights-2.safetensors', 'thesis.txt', 'src'];
    for (const name of names) writeFileSync(file(`last/${name}`), '');
    await settleCheckpoint(folder, checkpoint);
    assert.deepEqual(readdirSync(file('last')), ['src', 'thesis.txt', 'weights-2.safetensors']);
  });

  it('is asked to stop twice as once', () => {
    requestStop(folder);
    requestStop(folder);
    assert.equal(isStopRequested(folder), true);
  });

  it('whose files are links to a device without end is read at once, as one without them', async () => {
    for (const name of ['live.json', 'start.json', 'events.jsonl', 'recipe.json', 'best.predictions.jsonl'])
      symlinkSync(ENDLESS, file(name));
    assert.equal(readLiveState(folder), undefined);
    assert.equal(readStartRequest(folder), undefined);
    assert.deepEqual(await readEvents(file('events.jsonl')), []);
    const refusal = { name: 'UserError', message: /is no regular file/ };
    await assert.rejects(readRunSettings(folder), refusal);
    await assert.rejects(readBestEpoch(folder), refusal);
    await assert.rejects(readPredictions(file('best.predictions.jsonl')), refusal);
  });

  it('whose files are pipes holds nobody up', async () => {
    execFileSync('mkfifo', [file('live.json'), file('events.jsonl'), file('recipe.json')]);
    const record = new RunRecord(folder);
    await record.refresh();
    assert.deepEqual(record.events, []);
    await assert.rejects(readRunSettings(folder), { name: 'UserError' });
  });

  it('of more classes than a matrix can be made of is refused', async () => {
    const classes = Array.from({ length: 2001 }, (_, index) => `class ${index}`);
    const preprocessing = { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] };
    writeFileSync(file('recipe.json'), JSON.stringify({ resolved: { classes, preprocessing } }));
    writeFileSync(file('best.predictions.jsonl'), '');
    await assert.rejects(readBestEpoch(folder), {
      name: 'UserError',
      message: 'This run has 2001 classes; at most 2000 can be shown.',
    });
  });

  it('has a name that turns nothing around', async () => {
    writeFileSync(file('events.jsonl'), `${JSON.stringify({ ...started, name: 'a\u202e\u001b[2Jb\nc' })}\n`);
    const record = new RunRecord(folder);
    await record.refresh();
    assert.equal(record.name, 'a[2Jbc');
  });

  it('gets no further than 64 MB of events', async () => {
    const line = `${JSON.stringify({ kind: 'note', message: 'x'.repeat(2 ** 20 - 100) })}\n`;
    for (let i = 0; i < 70; i++) writeFileSync(file('events.jsonl'), line, { flag: 'a' });
    const events = await readEvents(file('events.jsonl'));
    assert.equal(events.length, 64);
  });
});

describe('An event in a file', () => {
  const phase = {
    kind: 'phaseEnded',
    epoch: 0,
    phase: 'test',
    loss: 1,
    accuracy: 0.5,
    samples: 8,
    seconds: 2,
  };

  it('is one with the fields of its kind', () => {
    for (const event of [started, ended, batch(), phase, { ...ended, bestEpoch: -1 }])
      assert.equal(isTrainingEvent(event), true);
  });

  const none: readonly (readonly [what: string, line: string])[] = [
    ['a loss past all numbers', JSON.stringify(phase).replace('"loss":1', '"loss":1e999')],
    ['a loss no axis can show', JSON.stringify({ ...phase, loss: 1e300 })],
    ['a loss that is no number any more', JSON.stringify({ ...phase, loss: NaN })],
    ['a text for a number', JSON.stringify({ ...phase, accuracy: '<img src=x>' })],
    ['half an epoch', JSON.stringify({ ...phase, epoch: 0.5 })],
    ['an epoch before the first', JSON.stringify({ ...phase, epoch: -1 })],
    ['more epochs than can be counted', JSON.stringify({ ...started, epochs: 1e300 })],
    ['a learning rate of text', JSON.stringify({ ...phase, lr: {} })],
    ['a total of text', JSON.stringify({ kind: 'progress', task: 'a', unit: 'images', done: 1, total: 'x' })],
    [
      'a time left of text',
      JSON.stringify({ kind: 'progress', task: 'a', unit: 'images', done: 1, secondsLeft: 'x' }),
    ],
    ['classes of numbers', JSON.stringify({ ...started, classes: [1, 2] })],
    ['a kind of every object', '{"kind":"constructor"}'],
    ['a kind of a prototype', '{"kind":"__proto__"}'],
    ['a list', '[]'],
    ['nesting without end', '['.repeat(1e6)],
  ];
  for (const [what, line] of none) {
    it(`is none with ${what}`, () => assert.equal(parseEvent(line), undefined));
  }
});
