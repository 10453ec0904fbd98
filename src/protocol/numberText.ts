import { t } from './language';
import type { Interval } from './wilsonInterval';

/** `94.1%`; `–` where there is none. */
export function percent(value: number | undefined, digits = 1): string {
  return value === undefined || !Number.isFinite(value) ? '–' : `${(100 * value).toFixed(digits)}%`;
}

/** `0.941`; `–` where there is none. */
export function ratio(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}

/** `83.1% to 90.9%`. */
export function intervalText({ low, high }: Interval, digits = 1): string {
  return t('{0} to {1}', percent(low, digits), percent(high, digits));
}
