import { numberText, t } from '../src/protocol/language';
import { percent } from '../src/protocol/numberText';
import type { Interval } from '../src/protocol/wilsonInterval';

/** Four significant digits: `0.1791`, `2.303`, `3.2e-7`. */
export function lossText(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e5)) return value.toExponential(1);
  return value.toPrecision(4);
}

/** A number in the place of `{0}` of one text or of the other: `1 layer`, `12 layers`. */
export function counted(count: number, one: string, many: string): string {
  return (count === 1 ? one : many).replace('{0}', numberText(count));
}

/** `1 picture`, `12 pictures`. */
export function countedPictures(count: number): string {
  return counted(count, t('{0} picture'), t('{0} pictures'));
}

/** `83.1% to 90.9%`. */
export function intervalText({ low, high }: Interval): string {
  return t('{0} to {1}', percent(low), percent(high));
}
