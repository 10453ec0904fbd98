import { t } from '../protocol/language';
import { comparisonReport } from '../core/report/comparisonReport';
import { readReportedRun } from '../core/report/reportedRun';
import { runReport } from '../core/report/runReport';
import { UserError } from '../core/userError';
import type { Command } from './command';

/** `thaw report RUN...` */
export const reportCommand: Command = {
  usage: 'report RUN...',
  get description() {
    return t(
      'Prints a run as Markdown, to be pasted into a pull request: accuracy with its interval, curves, classes, confusions, ' +
        'the most confident mistakes and the recipe. Of several runs it prints a comparison: numbers, in what their recipes ' +
        'differ, classes, and the pictures that they disagree on.',
    );
  },
  options: {},
  async run({ positionals, print }) {
    if (positionals.length === 0)
      throw new UserError(t('Name one run folder or several: thaw report RUN...'));
    const runs = await Promise.all(positionals.map(readReportedRun));
    const text = runs.length === 1 ? runReport(runs[0]!) : comparisonReport(runs);
    print(text.trimEnd());
  },
};
