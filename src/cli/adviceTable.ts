import { adviceText, timeText, type Advice, type ComparedTrial } from '../protocol/adviceEvent';
import { intervalText, percent } from '../protocol/numberText';
import { wilsonInterval } from '../protocol/wilsonInterval';

const HEADS = ['', 'trains', 'accuracy', '95% interval', 'once', 'an epoch', 'p'];

/** What was tried as a table of text, the one to take marked, and what to do. */
export function adviceTable(advice: Advice): readonly string[] {
  const { trials, take } = advice;
  const rows = trials.map((trial, index) => [index === take ? '>' : '', ...cells(trial)]);
  const widths = HEADS.map((head, column) =>
    Math.max(...[head, ...rows.map(row => row[column]!)].map(lengthOf)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const problems = trials.flatMap(({ trains, problem }) =>
    problem === undefined ? [] : [`${trains}: ${problem}`],
  );
  const taken = take === null ? undefined : trials[take];
  return [
    ...[HEADS, ...rows].map(line),
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
  const name = isRecipe ? `${trains} (the recipe's)` : trains;
  if (epochs === 0) return [name, '–', '–', '–', '–', '–'];
  const interval = intervalText(wilsonInterval(accuracy, samples));
  const chance = p === null ? 'best' : p.toPrecision(2);
  return [name, percent(accuracy), interval, timeText(onceSeconds), timeText(epochSeconds), chance];
}

function lengthOf({ length }: string): number {
  return length;
}
