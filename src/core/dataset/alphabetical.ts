import { t } from '../../protocol/language';

/** Orders text by its characters' numbers, the same on every machine and in every language. */
export function alphabetical(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "1 image", "3 images". */
export function counted(count: number, noun: 'image' | 'test image' | 'file' | 'row' | 'pair'): string {
  const one = count === 1;
  switch (noun) {
    case 'image':
      return one ? t('1 image') : t('{0} images', count);
    case 'test image':
      return one ? t('1 test image') : t('{0} test images', count);
    case 'file':
      return one ? t('1 file') : t('{0} files', count);
    case 'row':
      return one ? t('1 row') : t('{0} rows', count);
    case 'pair':
      return one ? t('1 pair') : t('{0} pairs', count);
  }
}
