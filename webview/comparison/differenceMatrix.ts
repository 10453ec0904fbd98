import type { MatrixDifference } from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import { countedPictures } from '../numbers';
import type { MatrixContent } from '../report/matrixGrid';

/** How many more pictures B takes for a class than A; of too many classes the largest changes, `mostListed` at most. */
export function differenceMatrix({ classes, matrix }: MatrixDifference, mostListed: number): MatrixContent {
  const most = Math.max(1, ...matrix.flat().map(Math.abs));
  const changes = matrix
    .flatMap((row, label) => row.map((change, predicted) => ({ label, predicted, change })))
    .filter(({ change }) => change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, mostListed);
  const taken = (label: number, predicted: number): string =>
    label === predicted
      ? t('{0} recognized', classes[label]!)
      : t('{0} taken for {1}', classes[label]!, classes[predicted]!);
  return {
    title: t('Difference of the confusion matrices'),
    names: classes,
    about: t(
      'Rows: what the pictures show. Columns: what they were taken for. Numbers: how many more B takes so than A.',
    ),
    cell({ label, predicted }) {
      const change = matrix[label]![predicted]!;
      return {
        text: change === 0 ? '' : signed(change),
        isGood: change > 0 === (label === predicted),
        share: Math.abs(change) / most,
        spoken: changeText(change, taken(label, predicted)),
      };
    },
    listed: changes.map(({ change, ...place }) => ({
      place,
      text: `${taken(place.label, place.predicted)}: ${signed(change)}`,
    })),
    aboutList: t('these are where B differs from A the most.'),
  };
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : `−${-change}`;
}

function changeText(change: number, taken: string): string {
  const count = countedPictures(Math.abs(change));
  return change < 0
    ? t('{0} fewer of {1} by B than by A', count, taken)
    : t('{0} more of {1} by B than by A', count, taken);
}
