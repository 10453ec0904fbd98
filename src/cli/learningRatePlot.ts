import { t } from '../protocol/language';
import type { LearningRateCurve } from '../protocol/learningRateEvent';

const COLUMNS = 60;
const ROWS = 12;

/** The smoothed loss over the logarithm of the learning rate, drawn in text, and what it suggests. */
export function learningRatePlot({ tried, suggestion }: LearningRateCurve): readonly string[] {
  const [first, last] = [tried[0], tried.at(-1)];
  if (!first || !last || tried.length < 2) return [t('The loss ran away with the smallest learning rate.')];
  const losses = tried.map(({ smoothedLoss }) => smoothedLoss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const columnOf = (lr: number): number =>
    Math.round(((COLUMNS - 1) * Math.log(lr / first.lr)) / Math.log(last.lr / first.lr));
  const rowOf = (loss: number): number =>
    high === low ? ROWS - 1 : Math.round(((ROWS - 1) * (high - loss)) / (high - low));
  const cells = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill(' '));
  for (const { lr, smoothedLoss } of tried) cells[rowOf(smoothedLoss)]![columnOf(lr)] = '*';
  const label = (row: number): string =>
    (row === 0 ? high : row === ROWS - 1 ? low : undefined)?.toFixed(3) ?? '';
  const mark = suggestion === null ? '' : `${' '.repeat(columnOf(suggestion))}^ ${suggestion}`;
  const [left, right] = [first.lr, last.lr].map(lr => lr.toExponential(0)) as [string, string];
  return [
    ...cells.map((row, i) => `${label(i).padStart(8)} |${row.join('').trimEnd()}`),
    `${' '.repeat(8)} +${'-'.repeat(COLUMNS)}`,
    ...(mark === '' ? [] : [`${' '.repeat(10)}${mark}`]),
    `${' '.repeat(10)}${left}${right.padStart(COLUMNS - left.length)}  ${t('learning rate')}`,
    suggestion === null
      ? t('No learning rate lowers the loss: there is none to suggest.')
      : t('Suggested learning rate: {0} (--set optimizer.lr={0})', suggestion),
  ];
}
