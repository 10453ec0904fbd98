import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3-shape';
import { svg } from '../elements';

const COLOURS = 6;
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolStar, symbolCross];
/** Square pixels. */
const MARKER_AREA = 34;

/** How a run looks: told apart by shape as well as by colour. */
export interface RunStyle {
  /** A class that sets `--series`. */
  readonly colourClass: string;
  /** Path of a marker around the origin. */
  readonly marker: string;
}

/** The look of the run with that number; 36 differ. */
export function runStyle(number: number): RunStyle {
  const shape = SHAPES[(number + Math.floor(number / COLOURS)) % SHAPES.length]!;
  return { colourClass: `colour-${number % COLOURS}`, marker: symbol(shape, MARKER_AREA)() ?? '' };
}

/** A sample of a run's line, for legends. */
export function swatch({ colourClass, marker }: RunStyle, phase: 'train' | 'test' = 'test'): SVGSVGElement {
  return svg(
    'svg',
    { class: `swatch ${colourClass}`, viewBox: '0 0 28 12', width: 28, height: 12, 'aria-hidden': 'true' },
    svg('path', { class: `line ${phase}`, d: 'M0,6H28' }),
    svg('path', { class: `marker ${phase}`, d: marker, transform: 'translate(14,6)' }),
  );
}
