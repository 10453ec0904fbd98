import type { Interpolation } from './preprocessing';

/** A rectangle of pixels; the origin is the top left corner. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What part of an image is seen, and at what size: `region` of the image is brought to `resize` (with antialiasing), of
 * that `crop` is cut out and, with `flip`, mirrored left to right. Whole pixels throughout.
 */
export interface View {
  readonly region: Rectangle;
  readonly resize: { readonly width: number; readonly height: number };
  readonly interpolation: Interpolation;
  readonly crop: Rectangle;
  readonly flip: boolean;
}
