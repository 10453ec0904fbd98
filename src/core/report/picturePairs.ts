import type { JudgedByRun, MatrixDifference, PairsQuery } from '../../protocol/comparisonMessages';
import type { BestEpochOfRun, JudgedPicture } from '../run/bestEpoch';

/** A test picture that two runs have: what it is, and what each takes it for. Names of classes. */
export interface PicturePair {
  readonly image: string;
  readonly label: string;
  readonly first: JudgedByRun;
  readonly second: JudgedByRun;
}

/** The pictures of two runs; pictures are the same that have the same name and are of the same class. */
export function pairsOf(first: BestEpochOfRun, second: BestEpochOfRun): readonly PicturePair[] {
  const others = new Map(second.pictures.map((picture, index) => [keyOf(second, picture), index]));
  return first.pictures.flatMap((picture, index) => {
    const other = others.get(keyOf(first, picture));
    if (other === undefined) return [];
    const { image, label } = picture;
    const judged = { first: judgedBy(first, index), second: judgedBy(second, other) };
    return [{ image, label: nameIn(first, label), ...judged }];
  });
}

/** Those that a query asks for, the most confident mistake first. */
export function pairsFor(
  pairs: readonly PicturePair[],
  which: PairsQuery,
  classes: readonly string[],
): readonly PicturePair[] {
  return pairs.filter(pair => isFor(pair, which, classes)).sort((a, b) => worstOf(b) - worstOf(a));
}

/** The classes of both runs, and how many more pictures of each the second run takes for each. */
export function matrixDifference(
  first: BestEpochOfRun,
  second: BestEpochOfRun,
  pairs: readonly PicturePair[],
): MatrixDifference {
  const classes = [...new Set([...first.settings.resolved.classes, ...second.settings.resolved.classes])];
  const numbers = new Map(classes.map((name, index) => [name, index]));
  const matrix = classes.map(() => classes.map(() => 0));
  for (const { label, first, second } of pairs) {
    const row = matrix[numbers.get(label)!]!;
    row[numbers.get(first.predicted)!]!--;
    row[numbers.get(second.predicted)!]!++;
  }
  return { classes, matrix };
}

/** Whether the first run, and the second, takes a picture for what it is. */
export function rightOf({ label, first, second }: PicturePair): readonly [boolean, boolean] {
  return [first.predicted === label, second.predicted === label];
}

/** Of what a run that is wrong takes the picture for, the larger probability where both are; 0 where none is. */
export function worstOf(pair: PicturePair): number {
  const [firstRight, secondRight] = rightOf(pair);
  return Math.max(firstRight ? 0 : pair.first.probability, secondRight ? 0 : pair.second.probability);
}

function isFor(pair: PicturePair, which: PairsQuery, classes: readonly string[]): boolean {
  const { label, first, second } = pair;
  if (typeof which === 'object') {
    const predicted = classes[which.predicted];
    // Those that make the difference there: one run says so, the other does not.
    return (
      label === classes[which.label] && (first.predicted === predicted) !== (second.predicted === predicted)
    );
  }
  const [firstRight, secondRight] = rightOf(pair);
  switch (which) {
    case 'differ':
      return first.predicted !== second.predicted;
    case 'onlyFirst':
      return firstRight && !secondRight;
    case 'onlySecond':
      return secondRight && !firstRight;
    case 'bothWrong':
      return !firstRight && !secondRight;
  }
}

function judgedBy(run: BestEpochOfRun, index: number): JudgedByRun {
  const { predicted, probabilities } = run.pictures[index]!;
  return { index, predicted: nameIn(run, predicted), probability: probabilities[predicted]! };
}

function keyOf(run: BestEpochOfRun, { image, label }: JudgedPicture): string {
  return JSON.stringify([image, nameIn(run, label)]);
}

function nameIn({ settings }: BestEpochOfRun, index: number): string {
  return settings.resolved.classes[index]!;
}
