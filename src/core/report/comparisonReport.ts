import { t } from '../../protocol/language';
import { markdownCode, markdownTable, markdownText } from '../../protocol/markdown';
import { percent, ratio } from '../../protocol/numberText';
import { agreementOf, agreementText } from './agreement';
import { comparedNumbers } from './comparedNumbers';
import { namesApart } from './namesApart';
import { pairsOf, worstOf } from './picturePairs';
import { recipeDifferences } from './recipeDifferences';
import type { ReportedRun } from './reportedRun';

const MOST_LISTED = 20;

/**
 * Runs side by side in Markdown: their numbers, in what their recipes differ, the recall of each class, and picture by
 * picture how each of them compares with the best one.
 */
export function comparisonReport(runs: readonly ReportedRun[]): string {
  const names = namesApart(runs.map(({ name }) => markdownText(name)));
  const lines = [
    `# ${names.join(t(' and '))}`,
    '',
    ...markdownTable(['', ...names], numbersOf(runs)),
    '',
    `## ${t('Recipes')}`,
    '',
    ...recipes(runs, names),
    '',
    `## ${t('Recall of the classes')}`,
    '',
    ...markdownTable([t('Class'), ...names], recalls(runs)),
    '',
    ...pictures(runs, names),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function numbersOf(runs: readonly ReportedRun[]): readonly (readonly string[])[] {
  const columns = runs.map(comparedNumbers);
  return columns[0]!.map(({ name }, row) => [name, ...columns.map(numbers => numbers[row]!.text)]);
}

function recipes(runs: readonly ReportedRun[], names: readonly string[]): readonly string[] {
  const differences = recipeDifferences(runs.map(({ best }) => best.settings.recipe));
  if (differences.length === 0) return [t('They are the same.')];
  return markdownTable(
    [t('Field'), ...names],
    differences.map(({ field, values }) => [
      markdownCode(field),
      ...values.map(value => (value === null ? '–' : markdownCode(value))),
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
    const found = agreementOf(pairsOf(runs[top]!.best, run.best));
    const title = [`## ${t('Where {0} and {1} disagree', names[top]!, names[index]!)}`, ''];
    const said = agreementText(found, names[top]!, names[index]!);
    if (found.disagreements.length === 0) return [...title, said, ''];
    const rows = found.disagreements
      .slice(0, MOST_LISTED)
      .map(pair => [
        markdownCode(pair.image),
        ...[pair.label, pair.first.predicted, pair.second.predicted].map(markdownText),
        percent(worstOf(pair), 2),
      ]);
    const head = [
      t('Picture'),
      t('Is'),
      t('By {0}', names[top]!),
      t('By {0}', names[index]!),
      t('Probability of the mistake'),
    ];
    return [...title, said, '', ...markdownTable(head, rows, 4), ''];
  });
}
