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
  if (place === 'nowhere') return `No part of the picture spoke for ${className}.`;
  if (place === 'everywhere')
    return `The whole picture spoke for ${className}, no part much more than others.`;
  return `The ${place} of the picture spoke most for ${className}.`;
}
