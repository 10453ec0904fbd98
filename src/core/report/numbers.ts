/** `94.12%`; `–` where there is none. */
export function percent(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '–' : `${(100 * value).toFixed(2)}%`;
}

/** `0.941`; `–` where there is none. */
export function ratio(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}
