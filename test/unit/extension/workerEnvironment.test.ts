import assert from 'node:assert/strict';
import { workerEnvironment } from '../../../src/extension/training/workerEnvironment';

describe('the environment of a training process', () => {
  const editor = {
    PATH: '/bin',
    THAW_PYTHON: '/usr/bin/python3',
    NCCL_SOCKET_IFNAME: 'eth0',
    VK_ICD_FILENAMES: '/icd.json',
    GITHUB_TOKEN: 'x',
  };

  it('has what training reads of the editor, and no token', () => {
    assert.deepEqual(workerEnvironment(editor, 0, undefined, 'en'), {
      ...{ PATH: '/bin', THAW_PYTHON: '/usr/bin/python3', NCCL_SOCKET_IFNAME: 'eth0' },
      VK_ICD_FILENAMES: '/icd.json',
      THAW_LANG: 'en',
      ...{ NODE_NO_WARNINGS: '1', ELECTRON_RUN_AS_NODE: '1' },
    });
  });

  it('names the Python that is chosen in the editor before another, and the threads', () => {
    const { THAW_PYTHON, OMP_NUM_THREADS } = workerEnvironment(editor, 3, '/venv/bin/python', 'en');
    assert.deepEqual([THAW_PYTHON, OMP_NUM_THREADS], ['/venv/bin/python', '3']);
  });
});
