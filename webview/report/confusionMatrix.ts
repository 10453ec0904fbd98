import { mostConfused } from '../../src/protocol/mostConfused';
import type { ClassificationMetrics } from '../../src/protocol/pageMessages';
import { counted } from '../numbers';
import type { MatrixContent } from './matrixGrid';

/** The confusion matrix; of too many classes what is confused most, `mostListed` at most. */
export function confusionMatrix(
  { classes, matrix }: Pick<ClassificationMetrics, 'classes' | 'matrix'>,
  mostListed: number,
): MatrixContent {
  return {
    title: 'Confusion matrix',
    names: classes.map(({ name }) => name),
    about: 'Rows: what the pictures show. Columns: what they were taken for.',
    cell({ label, predicted }) {
      const count = matrix[label]![predicted]!;
      const isGood = label === predicted;
      const { name, support } = classes[label]!;
      const taken = isGood ? 'recognized' : `taken for ${classes[predicted]!.name}`;
      return {
        text: count === 0 ? '' : String(count),
        isGood,
        share: support === 0 ? 0 : count / support,
        spoken: `${counted(count, 'picture')} of ${name} ${taken}`,
      };
    },
    listed: mostConfused(matrix, mostListed).map(({ count, ...place }) => ({
      place,
      text: `${classes[place.label]!.name} taken for ${classes[place.predicted]!.name}: ${count}`,
    })),
    aboutList: 'these are confused most.',
  };
}
