import { adviceText, timeText, type Advice, type ComparedTrial } from '../protocol/adviceEvent';
import { t } from '../protocol/language';
import { columnsOf, padEnd, padStart } from '../protocol/textColumns';
import { intervalText, percent } from '../protocol/numberText';
import { wilsonInterval } from '../protocol/wilsonInterval';

const heads = (): readonly string[] => [
  '',
  t('trains'),
  t('accuracy'),
  t('95% interval'),
  t('once'),
  t('an epoch'),
  'p',
];

/** What was tried as a table of text, the one to take marked, and what to do. */
export function adviceTable(advice: Advice): readonly string[] {
  const { trials, take } = advice;
  const rows = trials.map((trial, index) => [index === take ? '>' : '', ...cells(trial)]);
  const table = [heads(), ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map(row => columnsOf(row[column]!))));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (column < 2 ? padEnd(text, widths[column]!) : padStart(text, widths[column]!)))
      .join('  ')
      .trimEnd();
  const problems = trials.flatMap(({ trains, problem }) =>
    problem === undefined ? [] : [`${trains}: ${problem}`],
  );
  const taken = take === null ? undefined : trials[take];
  return [
    ...table.map(line),
    '',
    ...problems,
    adviceText(advice),
    ...(taken && !taken.isRecipe ? [optionsFor(taken)] : []),
  ];
}

/** What makes another command train so. */
function optionsFor({ freeze, newWeights }: ComparedTrial): string {
  const weights = newWeights === null ? '' : ` --set weights=${newWeights}`;
  return `--set 'freeze=${JSON.stringify(freeze)}'${weights}`;
}

function cells({ trains, isRecipe, epochs, accuracy, samples, onceSeconds, epochSeconds, p }: ComparedTrial) {
  const name = isRecipe ? t("{0} (the recipe's)", trains) : trains;
  if (epochs === 0) return [name, '–', '–', '–', '–', '–'];
  const interval = intervalText(wilsonInterval(accuracy, samples));
  const chance = p === null ? t('best') : p.toPrecision(2);
  return [name, percent(accuracy), interval, timeText(onceSeconds), timeText(epochSeconds), chance];
}
