import { t } from './language';

/** Where in a picture most of a heat map lies: a ninth of it, everywhere alike, or nowhere. */
export type HeatPlace = (typeof ninths)[number] | 'everywhere' | 'nowhere';

/** The ninths of a picture, row by row. */
export const ninths = [
  ...(['upper left', 'top', 'upper right'] as const),
  ...(['left', 'centre', 'right'] as const),
  ...(['lower left', 'bottom', 'lower right'] as const),
] as const;

/** What a heat map tells, in a sentence. */
export function heatText(place: HeatPlace, className: string): string {
  if (place === 'nowhere') return t('No part of the picture spoke for {0}.', className);
  if (place === 'everywhere')
    return t('The whole picture spoke for {0}, no part much more than others.', className);
  switch (place) {
    case 'upper left':
      return t('The upper left of the picture spoke most for {0}.', className);
    case 'top':
      return t('The top of the picture spoke most for {0}.', className);
    case 'upper right':
      return t('The upper right of the picture spoke most for {0}.', className);
    case 'left':
      return t('The left of the picture spoke most for {0}.', className);
    case 'centre':
      return t('The centre of the picture spoke most for {0}.', className);
    case 'right':
      return t('The right of the picture spoke most for {0}.', className);
    case 'lower left':
      return t('The lower left of the picture spoke most for {0}.', className);
    case 'bottom':
      return t('The bottom of the picture spoke most for {0}.', className);
    case 'lower right':
      return t('The lower right of the picture spoke most for {0}.', className);
  }
}
