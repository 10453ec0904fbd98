import { join } from 'node:path';
import { environmentLanguage } from '../core/environmentLanguage';
import { UserError } from '../core/userError';
import { speak, t } from '../protocol/language';
import { printable } from '../protocol/printable';
import { helpText, overviewText, readCommandLine } from './commandLine';
import { programFolder, programVersion } from './programFolder';
import { ProgressLine } from './progressLine';
import { writeBugReport } from './writeBugReport';

const EXIT = { done: 0, userError: 1, bug: 70, interrupted: 130 } as const;

speak(environmentLanguage(process.env, join(programFolder(), 'l10n')));

const args = process.argv.slice(2);
const controller = new AbortController();
const line = new ProgressLine(process.stderr);
const print = (text: string): void => {
  line.clear();
  process.stdout.write(`${printable(text)}\n`);
};
const note = (text: string): void => {
  line.clear();
  process.stderr.write(`${printable(text)}\n`);
};

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (`thaw layers vgg16 | head`): what is still written goes nowhere.
    if (error.code !== 'EPIPE') throw error;
  });
}
/** npm passes on the Ctrl-C that the terminal has already sent: that second one is the same. */
const SAME_INTERRUPT_MS = 300;
let interruptedAt: number | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interruptedAt !== undefined) {
      if (Date.now() - interruptedAt > SAME_INTERRUPT_MS) process.exit(EXIT.interrupted);
      return;
    }
    interruptedAt = Date.now();
    note(
      name === 'SIGINT'
        ? t('Interrupted, ending cleanly; once more ends at once')
        : t('Asked to end, ending cleanly; once more ends at once'),
    );
    controller.abort();
  });
}
process.on('uncaughtException', error => process.exit(explain(error)));

async function main(): Promise<number> {
  const request = await readCommandLine(args);
  switch (request.kind) {
    case 'overview':
      print(overviewText(programVersion()));
      return EXIT.done;
    case 'version':
      print(programVersion());
      return EXIT.done;
    case 'help':
      print(helpText(request.entry, request.command));
      return EXIT.done;
    case 'run': {
      const { command, positionals, values } = request;
      const { signal } = controller;
      const progress = line.show.bind(line);
      const code = await command.run({ positionals, values, signal, print, note, progress });
      return code ?? EXIT.done;
    }
  }
}

function explain(error: unknown): number {
  if (controller.signal.aborted) return EXIT.interrupted;
  if (error instanceof UserError) {
    note(t('error: {0}', error.message));
    return EXIT.userError;
  }
  const message = error instanceof Error ? error.message : String(error);
  const report = writeBugReport(error, programVersion(), args);
  note(t('error: thaw has a bug ({0}); please report it with {1}', message.split('\n')[0]!, report));
  return EXIT.bug;
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()));
}

void (async () => {
  const code = await main().catch(explain);
  line.clear();
  await flush(process.stdout);
  await flush(process.stderr);
  // Not left to the event loop: TensorFlow's threads may hold it.
  process.exit(controller.signal.aborted ? EXIT.interrupted : code);
})();
