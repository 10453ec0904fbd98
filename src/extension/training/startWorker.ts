import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { liveFiles, writeLiveState } from '../../core/run/liveState';
import { identityOf } from '../../core/run/processIdentity';
import type { StartRequest } from '../../protocol/workerMessages';
import { setting } from '../settings';
import { pythonForTraining } from './pythonForTraining';
import { workerEnvironment } from './workerEnvironment';

/** Tells the training process of a run folder that has just been made what it is to train. */
export function writeStartRequest(folder: string, request: StartRequest): void {
  writeFileSync(join(folder, liveFiles.start), `${JSON.stringify(request, undefined, 2)}\n`);
}

/**
 * Starts a training process on a run folder, as one that the editor may leave behind: in a session of its own, with no
 * pipe to here. What native code writes when it dies goes to the folder's `worker.log`.
 */
export async function startWorker(program: string, folder: string): Promise<ChildProcess> {
  const state = (pid?: number) =>
    ({ process: identityOf(pid), phase: 'preparing', heartbeat: Date.now() }) as const;
  // Another window must not take the folder for one that its process has left.
  writeLiveState(folder, state());
  const log = openSync(join(folder, liveFiles.log), 'a');
  try {
    const child = spawn(process.execPath, [program, folder], {
      cwd: dirname(folder),
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
      env: workerEnvironment(
        process.env,
        setting('training.threads'),
        await pythonForTraining(folder),
        vscode.env.language,
      ),
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    writeLiveState(folder, state(child.pid));
    return child;
  } finally {
    closeSync(log);
  }
}
