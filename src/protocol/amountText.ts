import { numberText, t } from './language';
import type { ProgressEvent } from './trainingEvent';

/** How much of something is done or to do: `1,234 images`, `12.3 MB`. */
export function amountText(value: number, unit: ProgressEvent['unit'], digits = 1): string {
  const count = numberText(value);
  switch (unit) {
    case 'bytes':
      return `${(value / 1e6).toFixed(digits)} MB`;
    case 'images':
      return t('{0} images', count);
    case 'files':
      return t('{0} files', count);
    case 'steps':
      return t('{0} steps', count);
    case 'seconds':
      return t('{0} seconds', count);
  }
}
