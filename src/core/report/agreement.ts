import type { BestEpochOfRun, JudgedPicture } from '../run/bestEpoch';

/** A picture that one run takes for what it is and another does not. */
export interface Disagreement {
  readonly image: string;
  /** Names of classes: what it is, and what each run takes it for. */
  readonly label: string;
  readonly first: string;
  readonly second: string;
  /** Of what the run that is wrong takes it for. */
  readonly probability: number;
}

/** How two runs judge the test pictures that both have. */
export interface Agreement {
  readonly pictures: number;
  readonly onlyFirstRight: number;
  readonly onlySecondRight: number;
  /**
   * How likely as many or more pictures would speak for one of them if neither were better: the exact McNemar test, two
   * sides (Q. McNemar, Psychometrika 12, 1947).
   */
  readonly p: number;
  /** Those where one is right and the other is not, the most confident mistake first. */
  readonly disagreements: readonly Disagreement[];
}

/** Compares two runs picture by picture; pictures are the same that have the same name and are of the same class. */
export function agreementOf(first: BestEpochOfRun, second: BestEpochOfRun): Agreement {
  const others = new Map(second.pictures.map(picture => [keyOf(second, picture), picture]));
  const pairs = first.pictures.flatMap(picture => {
    const other = others.get(keyOf(first, picture));
    return other ? [{ picture, other }] : [];
  });
  const disagreements = pairs
    .filter(({ picture, other }) => isRight(picture) !== isRight(other))
    .map(({ picture, other }): Disagreement => {
      const wrong = isRight(picture) ? other : picture;
      return {
        image: picture.image,
        label: nameIn(first, picture.label),
        first: nameIn(first, picture.predicted),
        second: nameIn(second, other.predicted),
        probability: wrong.probabilities[wrong.predicted]!,
      };
    })
    .sort((a, b) => b.probability - a.probability);
  const onlyFirstRight = disagreements.filter(({ label, first }) => label === first).length;
  const onlySecondRight = disagreements.length - onlyFirstRight;
  return {
    ...{ pictures: pairs.length, onlyFirstRight, onlySecondRight, disagreements },
    p: binomialTest(Math.min(onlyFirstRight, onlySecondRight), disagreements.length),
  };
}

/** Of `trials` with even chances, how likely at most `fewer` or at least `trials - fewer` succeed. */
function binomialTest(fewer: number, trials: number): number {
  let chance = 0;
  let log = -trials * Math.LN2;
  for (let k = 0; k <= fewer; k++) {
    chance += Math.exp(log);
    log += Math.log((trials - k) / (k + 1));
  }
  return Math.min(1, 2 * chance);
}

function isRight({ label, predicted }: JudgedPicture): boolean {
  return label === predicted;
}

function keyOf(run: BestEpochOfRun, { image, label }: JudgedPicture): string {
  return JSON.stringify([image, nameIn(run, label)]);
}

function nameIn({ settings }: BestEpochOfRun, index: number): string {
  return settings.resolved.classes[index]!;
}
