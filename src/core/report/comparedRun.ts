import { existsSync } from 'node:fs';
import type { ComparedBest } from '../../protocol/comparisonMessages';
import { t } from '../../protocol/language';
import { readRunSettings, type RunSettings } from '../run/runFolder';
import { UserError } from '../userError';
import { comparedNumbers } from './comparedNumbers';
import { readReportedRun } from './reportedRun';

/** What a run folder tells for a comparison: whatever can be read of it. */
export interface ReadRun {
  /** Undefined where it cannot be read. */
  readonly settings: RunSettings | undefined;
  readonly best: ComparedBest | undefined;
  /** Why there is no best epoch, in a sentence. */
  readonly problem: string | undefined;
}

/** Reads a run to be compared: one that is damaged, gone or has no best epoch yet does not keep the others from it. */
export async function readComparedRun(folder: string): Promise<ReadRun> {
  if (!existsSync(folder))
    return { settings: undefined, best: undefined, problem: t('Its run folder is gone.') };
  try {
    const run = await readReportedRun(folder);
    const { metrics, loss, settings } = run.best;
    const { accuracy, samples } = metrics;
    return {
      ...{ settings, problem: undefined },
      best: { accuracy, samples, loss, numbers: comparedNumbers(run) },
    };
  } catch (error) {
    const { message } = error as Error;
    return {
      settings: await readRunSettings(folder).catch(() => undefined),
      best: undefined,
      problem:
        error instanceof UserError ? message : t('The run folder {0} cannot be read: {1}', folder, message),
    };
  }
}
