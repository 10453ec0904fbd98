import { t } from './language';

/** "3 images were relabelled and 1 was excluded"; empty where there are none. */
export function correctionText(relabelled: number, excluded: number): string {
  if (relabelled === 0) {
    if (excluded === 0) return '';
    return excluded === 1 ? t('1 image was excluded') : t('{0} images were excluded', excluded);
  }
  const first = relabelled === 1 ? t('1 image was relabelled') : t('{0} images were relabelled', relabelled);
  if (excluded === 0) return first;
  return excluded === 1
    ? t('{0} and 1 was excluded', first)
    : t('{0} and {1} were excluded', first, excluded);
}
