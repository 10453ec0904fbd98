import { fork } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/userError';
import { MessageChannel } from '../protocol/messageChannel';
import type { TaskEditor, TaskProcess } from '../protocol/taskMessages';
import { setting } from './settings';
import { ShownProgress } from './shownProgress';
import { workerEnvironment } from './training/workerEnvironment';

/** How long a process that was asked to cancel may tidy up. */
const CANCEL_MS = 5_000;

/** The line to such a process. */
export type TaskChannel = MessageChannel<TaskEditor, TaskProcess>;

/**
 * Has a process of its own do what the extension host must not: load the engine. Shows its progress, with a button to
 * cancel; undefined where that was pressed. What the process refuses is a UserError.
 */
export async function runWorkerTask<Result>(
  { extensionPath }: Pick<vscode.ExtensionContext, 'extensionPath'>,
  title: string,
  ask: (channel: TaskChannel) => Promise<Result>,
): Promise<Result | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (report, token) => {
    const child = fork(join(extensionPath, 'dist', 'worker.js'), ['--tasks'], {
      env: workerEnvironment(process.env, setting('training.threads'), undefined, vscode.env.language),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-10_000)));
    const shown = new ShownProgress(report);
    const channel: TaskChannel = new MessageChannel<TaskEditor, TaskProcess>({
      handlers: { progress: progress => shown.show(progress) },
      send: message => void child.send(message as object, () => undefined),
    });
    child.on('message', message => void channel.receive(message));
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`The process ended with ${code}: ${said}`)));
    });
    const asked = ask(channel).catch((error: unknown) => {
      throw new UserError((error as Error).message, { cause: error });
    });
    const cancelled = new Promise<undefined>(resolve => {
      token.onCancellationRequested(() => {
        channel.notify('cancel');
        setTimeout(resolve, CANCEL_MS, undefined);
      });
    });
    try {
      return await Promise.race([asked, ended, cancelled]);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      // What is not awaited any more is not unhandled either.
      void Promise.allSettled([asked, ended]);
      channel.close();
      child.kill();
    }
  });
}
