import { t } from '../../src/protocol/language';
import { mostConfused } from '../../src/protocol/mostConfused';
import type { ClassificationMetrics } from '../../src/protocol/pageMessages';
import { countedPictures } from '../numbers';
import type { MatrixContent } from './matrixGrid';

/** The confusion matrix; of too many classes what is confused most, `mostListed` at most. */
export function confusionMatrix(
  { classes, matrix }: Pick<ClassificationMetrics, 'classes' | 'matrix'>,
  mostListed: number,
): MatrixContent {
  return {
    title: t('Confusion matrix'),
    names: classes.map(({ name }) => name),
    about: t('Rows: what the pictures show. Columns: what they were taken for.'),
    cell({ label, predicted }) {
      const count = matrix[label]![predicted]!;
      const isGood = label === predicted;
      const { name, support } = classes[label]!;
      return {
        text: count === 0 ? '' : String(count),
        isGood,
        share: support === 0 ? 0 : count / support,
        spoken: takenText(countedPictures(count), name, isGood ? undefined : classes[predicted]!.name),
      };
    },
    listed: mostConfused(matrix, mostListed).map(({ count, ...place }) => ({
      place,
      text: t('{0} taken for {1}: {2}', classes[place.label]!.name, classes[place.predicted]!.name, count),
    })),
    aboutList: t('these are confused most.'),
  };
}

/** So many pictures of a class, and which other one they were taken for. */
export function takenText(pictures: string, name: string, other: string | undefined): string {
  return other === undefined
    ? t('{0} of {1} recognized', pictures, name)
    : t('{0} of {1} taken for {2}', pictures, name, other);
}
