import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identityOf, livenessOf } from '../../../src/core/run/processIdentity';
import { deadProcess } from './runFolders';

describe('the identity of a process', () => {
  it('tells this one as alive', () => {
    assert.equal(livenessOf(identityOf()), process.platform === 'linux' ? 'alive' : 'unknown');
  });

  it('tells one that has ended as dead', () => {
    assert.equal(livenessOf({ ...identityOf(), pid: deadProcess() }), 'dead');
  });

  it('is not fooled by another process that got the number', () => {
    const earlier = { ...identityOf(), started: 'in an earlier life' };
    assert.equal(livenessOf(earlier), process.platform === 'linux' ? 'dead' : 'unknown');
  });

  it('leaves open what the number cannot settle: another machine, or a start that nobody tells', () => {
    assert.equal(livenessOf({ ...identityOf(), place: 'elsewhere pid:[1]' }), 'unknown');
    const { pid, place } = identityOf();
    assert.equal(livenessOf({ pid, place }), 'unknown');
  });

  it('tells a child as alive until it is killed', async () => {
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = identityOf(child.pid);
    assert.notEqual(livenessOf(identity), 'dead');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(livenessOf(identity), 'dead');
  });
});
