/** Four significant digits: `0.1791`, `2.303`, `3.2e-7`. */
export function lossText(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e5)) return value.toExponential(1);
  return value.toPrecision(4);
}

/** `1 picture`, `12 pictures`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
