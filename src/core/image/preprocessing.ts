/** `torchvision.transforms.InterpolationMode`, always with antialiasing. */
export type Interpolation = 'bilinear' | 'bicubic';

/** How an image becomes what the model was trained on: torchvision's evaluation transform. */
export interface Preprocessing {
  /** The short side is brought to this many pixels (`Resize`). */
  readonly resize: number;
  /** Side of the centred square then cut out (`CenterCrop`), in pixels. */
  readonly crop: number;
  readonly interpolation: Interpolation;
  /** Per channel (red, green, blue), of pixels in [0, 1] (`Normalize`). */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}
