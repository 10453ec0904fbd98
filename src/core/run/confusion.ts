import type { ClassMetrics, ClassificationMetrics } from '../../protocol/pageMessages';

/** A sample's class and the class it was taken for, as indices. */
export interface Judgement {
  readonly label: number;
  readonly predicted: number;
}

/**
 * The confusion matrix of a classification and what follows from it, by scikit-learn's definitions. A ratio with
 * nothing below the line is undefined; the means leave it out, except that F1 counts as 0 for a class that was
 * expected or predicted but never both.
 */
export function classificationMetrics(
  classes: readonly string[],
  judgements: readonly Judgement[],
): ClassificationMetrics {
  const matrix = classes.map(() => classes.map(() => 0));
  for (const { label, predicted } of judgements) matrix[label]![predicted]!++;
  const perClass = classes.map((name, index) => metricsOf(name, index, matrix));
  const right = sum(classes.map((_, index) => matrix[index]![index]!));
  return {
    matrix,
    classes: perClass,
    samples: judgements.length,
    accuracy: right / judgements.length,
    macroF1: mean(perClass.map(({ f1 }) => f1)),
    balancedAccuracy: mean(perClass.map(({ recall }) => recall)),
  };
}

function metricsOf(name: string, index: number, matrix: readonly (readonly number[])[]): ClassMetrics {
  const right = matrix[index]![index]!;
  const support = sum(matrix[index]!);
  const predicted = sum(matrix.map(row => row[index]!));
  return {
    name,
    support,
    predicted,
    precision: ratio(right, predicted),
    recall: ratio(right, support),
    f1: ratio(2 * right, predicted + support),
  };
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function mean(values: readonly (number | undefined)[]): number {
  const known = values.filter(value => value !== undefined);
  return sum(known) / known.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
