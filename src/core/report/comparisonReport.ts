import { duration } from '../../protocol/eventText';
import { markdownCode, markdownTable, markdownText } from '../../protocol/markdown';
import { intervalText, percent, ratio } from '../../protocol/numberText';
import { wilsonInterval } from '../../protocol/wilsonInterval';
import { agreementOf } from './agreement';
import { recipeDifferences } from './recipeDifferences';
import type { ReportedRun } from './reportedRun';

const MOST_LISTED = 20;
/** Below this the difference of two runs is called one. */
const SIGNIFICANT = 0.05;

/**
 * Runs side by side in Markdown: their numbers, in what their recipes differ, the recall of each class, and picture by
 * picture how each of them compares with the best one.
 */
export function comparisonReport(runs: readonly ReportedRun[]): string {
  const names = columnsOf(runs);
  const lines = [
    `# ${names.join(' and ')}`,
    '',
    ...markdownTable(['', ...names], numbersOf(runs)),
    '',
    '## Recipes',
    '',
    ...recipes(runs, names),
    '',
    '## Recall of the classes',
    '',
    ...markdownTable(['Class', ...names], recalls(runs)),
    '',
    ...pictures(runs, names),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Names of the runs, told apart where two are the same. */
function columnsOf(runs: readonly ReportedRun[]): readonly string[] {
  return runs.map(({ name }, index) => {
    const same = runs.filter(run => run.name === name);
    const number =
      same.length > 1 ? ` (${runs.slice(0, index + 1).filter(run => run.name === name).length})` : '';
    return `${markdownText(name)}${number}`;
  });
}

function numbersOf(runs: readonly ReportedRun[]): readonly (readonly string[])[] {
  const row = (title: string, of: (run: ReportedRun) => string): readonly string[] => [
    title,
    ...runs.map(of),
  ];
  return [
    row('Test accuracy', ({ best }) => percent(best.metrics.accuracy, 2)),
    row('95% interval', ({ best: { metrics } }) =>
      intervalText(wilsonInterval(metrics.accuracy, metrics.samples), 2),
    ),
    row('Balanced accuracy', ({ best }) => percent(best.metrics.balancedAccuracy, 2)),
    row('Macro-F1', ({ best }) => best.metrics.macroF1.toFixed(4)),
    row('Test loss', ({ best }) => best.loss.toFixed(4)),
    row('Expected calibration error', ({ best }) => best.calibration.error.toFixed(3)),
    row('Best epoch', ({ best }) => (best.epoch === undefined ? '–' : String(best.epoch))),
    row('Parameters that train', ({ started }) => started?.trainable.toLocaleString('en-US') ?? '–'),
    row('Took', ({ ended }) => (ended ? duration(ended.seconds) : '–')),
  ];
}

function recipes(runs: readonly ReportedRun[], names: readonly string[]): readonly string[] {
  const differences = recipeDifferences(runs.map(({ best }) => best.settings.recipe));
  if (differences.length === 0) return ['They are the same.'];
  return markdownTable(
    ['Field', ...names],
    differences.map(({ field, values }) => [
      markdownCode(field),
      ...values.map(value => (value === undefined ? '–' : markdownCode(value))),
    ]),
  );
}

function recalls(runs: readonly ReportedRun[]): readonly (readonly string[])[] {
  const classes = new Set(runs.flatMap(({ best }) => best.settings.resolved.classes));
  return [...classes].map(name => [
    markdownText(name),
    ...runs.map(({ best }) => ratio(best.metrics.classes.find(known => known.name === name)?.recall)),
  ]);
}

/** Each run beside the one with the best accuracy. */
function pictures(runs: readonly ReportedRun[], names: readonly string[]): readonly string[] {
  const accuracies = runs.map(({ best }) => best.metrics.accuracy);
  const top = accuracies.indexOf(Math.max(...accuracies));
  return runs.flatMap((run, index) => {
    if (index === top) return [];
    const found = agreementOf(runs[top]!.best, run.best);
    const title = [`## Where ${names[top]} and ${names[index]} disagree`, ''];
    if (found.pictures === 0) return [...title, 'They have no test picture in common.', ''];
    const verdict =
      found.p < SIGNIFICANT ? 'the difference is hardly chance' : 'the difference may well be chance';
    const said =
      `Of the ${found.pictures} test pictures of both, ${found.onlyFirstRight} are recognized by ${names[top]} alone ` +
      `and ${found.onlySecondRight} by ${names[index]} alone: ${verdict} (McNemar's test, p = ${found.p.toPrecision(2)}).`;
    if (found.disagreements.length === 0) return [...title, said, ''];
    const rows = found.disagreements
      .slice(0, MOST_LISTED)
      .map(({ image, label, first, second, probability }) => [
        markdownCode(image),
        ...[label, first, second].map(markdownText),
        percent(probability, 2),
      ]);
    const head = ['Picture', 'Is', `By ${names[top]}`, `By ${names[index]}`, 'Probability of the mistake'];
    return [...title, said, '', ...markdownTable(head, rows, 4), ''];
  });
}
