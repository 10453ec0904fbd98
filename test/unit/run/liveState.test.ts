import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isStopRequested,
  isWorking,
  readLiveState,
  readStartRequest,
  removeLiveState,
  requestStop,
  writeLiveState,
} from '../../../src/core/run/liveState';
import { identityOf } from '../../../src/core/run/processIdentity';
import type { LiveState } from '../../../src/protocol/workerMessages';
import { batch, deadProcess, temporaryFolder } from './runFolders';

describe('the live state of a run', () => {
  const folder = temporaryFolder();
  const now = Date.now();
  const state: LiveState = { process: identityOf(), phase: 'running', heartbeat: now, latest: batch() };

  it('comes back as it was written, and leaves nothing beside it', () => {
    writeLiveState(folder.path, state);
    assert.deepEqual(readLiveState(folder.path), state);
    assert.deepEqual(readdirSync(folder.path), ['live.json']);
  });

  it('is not there before it is written and after it is removed', () => {
    assert.equal(readLiveState(folder.path), undefined);
    writeLiveState(folder.path, state);
    removeLiveState(folder.path);
    assert.equal(readLiveState(folder.path), undefined);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  const damaged: readonly (readonly [what: string, text: string])[] = [
    ['torn', JSON.stringify(state).slice(0, 40)],
    ['a list', '[]'],
    ['without process', '{"phase":"running","heartbeat":1}'],
    ['of a process below zero', '{"phase":"running","heartbeat":1,"process":{"pid":-1,"place":"a"}}'],
    ['of an unknown phase', JSON.stringify({ ...state, phase: 'resting' })],
    ['larger than what is read', `${' '.repeat(2 ** 22)}${JSON.stringify(state)}`],
  ];
  for (const [what, text] of damaged) {
    it(`is none when it is ${what}`, () => {
      writeFileSync(join(folder.path, 'live.json'), text);
      assert.equal(readLiveState(folder.path), undefined);
    });
  }

  it('loses an event that is none, and keeps the rest', () => {
    writeFileSync(
      join(folder.path, 'live.json'),
      JSON.stringify({ ...state, latest: { kind: 'batchEnded', loss: null } }),
    );
    const { latest, ...rest } = state;
    assert.notEqual(latest, undefined);
    assert.deepEqual(readLiveState(folder.path), rest);
  });

  it('says that its process works, or that it is gone', () => {
    const stranger = { ...state.process, place: 'elsewhere' };
    assert.equal(isWorking(state, now), true);
    assert.equal(isWorking({ ...state, process: { ...state.process, pid: deadProcess() } }, now), false);
    assert.equal(isWorking({ ...state, process: stranger }, now + 119_000), true);
    assert.equal(isWorking({ ...state, process: stranger }, now + 120_000), false);
  });

  it('carries a request to stop', () => {
    assert.equal(isStopRequested(folder.path), false);
    requestStop(folder.path);
    assert.equal(isStopRequested(folder.path), true);
    removeLiveState(folder.path);
    assert.equal(isStopRequested(folder.path), false);
  });

  it('has no start request where a field is missing', () => {
    const request = { name: 'a', recipeFile: '/a.thaw.json', recipe: '{}', version: '1', requested: 5 };
    writeFileSync(join(folder.path, 'start.json'), JSON.stringify(request));
    assert.deepEqual(readStartRequest(folder.path), request);
    writeFileSync(join(folder.path, 'start.json'), JSON.stringify({ ...request, recipe: 7 }));
    assert.equal(readStartRequest(folder.path), undefined);
  });
});
