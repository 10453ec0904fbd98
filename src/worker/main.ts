import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentLanguage } from '../core/environmentLanguage';
import { speak } from '../protocol/language';
import { trainInFolder } from './trainInFolder';

/** Longest that an end waits for what native code still holds. */
const LINGER_MS = 1_000;

/**
 * The run folder, and for tests another queue than the machine's; `--features`, for a part of another run's work; or
 * `--tasks`, for what the editor asks.
 */
const [folder, queue] = process.argv.slice(2);
// The terminal that the editor was started from may close; the run goes on.
process.on('SIGHUP', () => undefined);

speak(environmentLanguage(process.env, join(__dirname, '..', 'l10n')));

void (async () => {
  if (folder === undefined) throw new Error('worker.js takes a run folder');
  if (folder === '--features') {
    // A terminal's Ctrl-C is for the run, which ends this.
    process.on('SIGINT', () => undefined);
    const { computeFeatures } = await import('../core/training/computeFeatures');
    return computeFeatures();
  }
  if (folder === '--tasks') return (await import('./answerTasks')).answerTasks();
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => controller.abort());
  const code = await trainInFolder(folder, controller.signal, queue);
  // Not left to the event loop: TensorFlow's threads may hold it.
  await Promise.race([sleep(LINGER_MS), new Promise(resolve => process.stderr.write('', resolve))]);
  process.exit(code);
})();
