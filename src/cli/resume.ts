import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { t } from '../protocol/language';
import { resumeRun } from '../core/training/resumeRun';
import { UserError } from '../core/userError';
import type { Command } from './command';
import { featureProgram } from './programFolder';
import { pythonOf, pythonOption } from './pythonOption';
import { showEvents } from './showEvents';
import { eventsOption } from './trainingOptions';

/** `thaw resume RUN` */
export const resumeCommand: Command = {
  usage: 'resume RUN [--engine NAME] [--python FILE] [--json]',
  get description() {
    return t(
      'Goes on with a run that was stopped or interrupted, from its last checkpoint: after each epoch, after every five ' +
        'minutes of a long one, and where it was stopped. RUN is a run folder, or its name below .thaw/runs. On the CPU ' +
        'the result is that of a run without the interruption, bit for bit.',
    );
  },
  options: {
    engine: {
      ...{ type: 'string', value: 'NAME' },
      get help() {
        return t('Go on with another engine than the run began with: tensorflow, webgpu, wasm or torchrun');
      },
    },
    python: pythonOption,
    json: eventsOption,
  },
  async run(context) {
    const [run, ...rest] = context.positionals;
    if (run === undefined || rest.length > 0) throw new UserError(t('Name one run folder: thaw resume RUN'));
    const named = join('.thaw', 'runs', run);
    const folder = resolve(!existsSync(run) && existsSync(named) ? named : run);
    const python = pythonOf(context.values);
    const engine = context.values.text('engine');
    const options = { engine, python, signal: context.signal, featureProgram: featureProgram() };
    const events = resumeRun(folder, options);
    await showEvents(events, context.values.flag('json'), context);
  },
};
