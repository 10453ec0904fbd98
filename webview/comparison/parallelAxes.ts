import { scaleLinear, scaleLog } from 'd3-scale';
import type { ComparedRun, RecipeDifference } from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import { valueTicks, type ValueScale } from '../charts/chartScales';
import { lossText } from '../numbers';
import { valueText } from './valueText';

/** An axis of the parallel coordinates. Places go from 0, below, to 1. */
export interface ParallelAxis {
  readonly title: string;
  /** Of each run; undefined where it has no value here. */
  readonly places: readonly (number | undefined)[];
  readonly texts: readonly string[];
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
}

/** Numbers that span more than this many times are told apart on a logarithmic axis. */
const LOG_FROM = 30;
/** So many values have a tick each. */
const MOST_VALUES = 8;

/** An axis for each field in which the recipes differ, and two for what came of it. */
export function parallelAxes(
  runs: readonly ComparedRun[],
  differences: readonly RecipeDifference[],
): readonly ParallelAxis[] {
  const best = runs.map(run => run.best);
  const accuracies = best.map(best => best?.accuracy);
  const losses = best.map(best => best?.loss);
  return [
    ...differences.map(({ field, values }) => fieldAxis(field, values)),
    numberAxis(t('Test loss'), losses, lossText, false),
    numberAxis(t('Test accuracy'), accuracies, percent, false),
  ];
}

function fieldAxis(title: string, values: readonly (string | null)[]): ParallelAxis {
  const numbers = values.map(value => (value === null ? undefined : Number(value)));
  const known = numbers.filter(number => number !== undefined);
  // A recipe that has no such field, or cannot be read, has no place among numbers.
  if (known.length > 0 && known.every(Number.isFinite)) {
    return numberAxis(title, numbers, number => String(number), true);
  }
  const texts = values.map(valueText);
  const kinds = [...new Set(values)];
  const placeOf = (value: string | null): number => kinds.indexOf(value) / Math.max(1, kinds.length - 1);
  return {
    ...{ title, texts, places: values.map(placeOf) },
    ticks: kinds.map(kind => ({ place: placeOf(kind), text: valueText(kind) })),
  };
}

function numberAxis(
  title: string,
  values: readonly (number | undefined)[],
  text: (value: number) => string,
  isField: boolean,
): ParallelAxis {
  const known = values.filter((value): value is number => Number.isFinite(value));
  const scale = scaleOf(known);
  const distinct = [...new Set(known)].sort((a, b) => a - b);
  const ticks = isField && distinct.length <= MOST_VALUES ? distinct : valueTicks(scale, 5);
  return {
    title,
    places: values.map(value => (value === undefined || !Number.isFinite(value) ? undefined : scale(value))),
    texts: values.map(value => (value === undefined ? '–' : text(value))),
    ticks: ticks.map(value => ({ place: scale(value), text: text(value) })),
  };
}

function scaleOf(values: readonly number[]): ValueScale {
  if (values.length === 0) return scaleLinear();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Of one value the place is the middle.
  if (low === high) return scaleLinear([low - 1, high + 1], [0, 1]);
  return low > 0 && high / low > LOG_FROM ? scaleLog([low, high], [0, 1]) : scaleLinear([low, high], [0, 1]);
}

/** What part of an axis is chosen, from and to which place. */
export type Brush = readonly [low: number, high: number];

/** Whether a run lies in all parts that are chosen, by the titles of their axes. */
export function isChosen(
  axes: readonly ParallelAxis[],
  brushes: ReadonlyMap<string, Brush>,
  run: number,
): boolean {
  return axes.every(({ title, places }) => {
    const brush = brushes.get(title);
    const place = places[run];
    return !brush || (place !== undefined && place >= brush[0] - NEAR && place <= brush[1] + NEAR);
  });
}

const NEAR = 1e-9;

/** Where a key moves the end of a brush to: the next place where a run lies. Undefined for keys that do not move it. */
export function movedEnd({ places }: ParallelAxis, end: number, key: string): number | undefined {
  const stops = [...new Set([0, 1, ...places.filter(place => place !== undefined)])].sort((a, b) => a - b);
  switch (key) {
    case 'ArrowUp':
    case 'ArrowRight':
      return stops.find(stop => stop > end + NEAR) ?? 1;
    case 'ArrowDown':
    case 'ArrowLeft':
      return stops.findLast(stop => stop < end - NEAR) ?? 0;
    case 'Home':
      return 0;
    case 'End':
      return 1;
    default:
      return undefined;
  }
}

/** What stands at a place of an axis: the text of the run nearest to it. */
export function textAt({ places, texts }: ParallelAxis, at: number): string {
  const off = (run: number): number => Math.abs((places[run] ?? Infinity) - at);
  const nearest = [...places.keys()].reduce((best, run) => (off(run) < off(best) ? run : best), 0);
  return texts[nearest] ?? '–';
}
