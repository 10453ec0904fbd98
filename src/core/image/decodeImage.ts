import { stat } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { t } from '../../protocol/language';
import { asMemoryError, tellsOutOfMemory } from '../outOfMemory';
import { UserError } from '../userError';
import { resample, sourceWindow } from './resample';
import type { Rectangle, View } from './view';

/** An image of more pixels than this is refused before it is decoded: 300 MB of red, green and blue. */
export const MAX_PIXELS = 100_000_000;

/** libvips' names for them. */
const KERNELS = { bilinear: 'linear', bicubic: 'cubic' } as const;

const FORMATS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'];

// Parallelism comes from decoding several images at once; a cache would only hold on to files seen once an epoch.
sharp.concurrency(1);
sharp.cache(false);
// What is no photo (SVG, PDF, ...) is refused whatever a file calls itself.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: FORMATS.map(format => `VipsForeignLoad${format}`) });

/** An image that cannot be read; `reason` says why in a few words. */
export class UnreadableImageError extends UserError {
  constructor(
    file: string,
    readonly reason: string,
    /** Whether the reason lies in the bytes of the file, so that trying again is of no use. */
    readonly permanent: boolean,
  ) {
    super(t('The image {0} cannot be read: {1}', file, reason));
  }
}

/** What the head of an image file says. Width and height in pixels, as stored: EXIF orientation is not applied. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
}

/** Reads the head of an image file. Throws UnreadableImageError. */
export async function readImageHeader(file: string): Promise<ImageHeader> {
  try {
    const { width, height, hasAlpha } = await open(file).metadata();
    return { width, height, hasAlpha };
  } catch (error) {
    throw await unreadable(file, error);
  }
}

/**
 * Decodes the view of an image: [crop.height, crop.width, 3], red, green, blue, 8 bit. Colour is brought to sRGB,
 * grey repeated, transparency dropped and neither EXIF orientation nor an embedded profile applied, as torchvision's
 * loader does. A header at hand saves reading it. Throws UnreadableImageError.
 */
export async function decodeImage(file: string, view: View, header?: ImageHeader): Promise<Uint8Array> {
  const { hasAlpha } = header ?? (await readImageHeader(file));
  try {
    const pixels = await decodeView(file, view, hasAlpha);
    return view.flip ? mirror(pixels, view.crop.width) : pixels;
  } catch (error) {
    throw await unreadable(file, error);
  }
}

async function decodeView(file: string, view: View, hasAlpha: boolean): Promise<Uint8Array> {
  const { region, resize, crop } = view;
  if (resize.width > region.width || resize.height > region.height) {
    // libvips enlarges with a shift of half a pixel.
    return resample(await decodeRegion(file, sourceWindow(view)), view);
  }
  const source = hasAlpha
    ? // Resized with its alpha, an image would lose the colour of its transparent parts.
      sharp(await decodeRegion(file, region), { raw: { ...size(region), channels: 3 } })
    : // Cutting out, be it the whole, keeps libjpeg from shrinking, which loses accuracy.
      open(file).extract(region);
  const buffer = await source
    .resize({ ...resize, fit: 'fill', kernel: KERNELS[view.interpolation], fastShrinkOnLoad: false })
    .extract(crop)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

async function decodeRegion(file: string, region: Rectangle): Promise<Uint8Array> {
  return await open(file).extract(region).toColourspace('srgb').removeAlpha().raw().toBuffer();
}

function open(file: string): Sharp {
  return sharp(file, { failOn: 'error', limitInputPixels: MAX_PIXELS, ignoreIcc: true });
}

function size({ width, height }: Rectangle): { width: number; height: number } {
  return { width, height };
}

/** The mirror image, left to right, of pixels [height, width, 3]. */
export function mirror(pixels: Uint8Array, width: number): Uint8Array {
  const mirrored = new Uint8Array(pixels.length);
  const stride = width * 3;
  for (let row = 0; row < pixels.length; row += stride) {
    for (let from = row, to = row + stride - 3; from < row + stride; from += 3, to -= 3) {
      mirrored[to] = pixels[from]!;
      mirrored[to + 1] = pixels[from + 1]!;
      mirrored[to + 2] = pixels[from + 2]!;
    }
  }
  return mirrored;
}

/** What is wrong with a file. Throws a UserError when nothing is, but the memory ran out. */
async function unreadable(file: string, error: unknown): Promise<UnreadableImageError> {
  const because = (reason: string, permanent: boolean): UnreadableImageError =>
    new UnreadableImageError(file, reason, permanent);
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return because(t('it is not a file'), false);
    if (stats.size === 0) return because(t('the file is empty'), true);
  } catch (problem) {
    const missing = problem instanceof Error && 'code' in problem && problem.code === 'ENOENT';
    return because(missing ? t('there is no such file') : t('the file cannot be opened'), false);
  }
  const message = error instanceof Error ? error.message : String(error);
  if (tellsOutOfMemory(message)) throw asMemoryError(error);
  if (/pixel limit/i.test(message)) {
    return because(t('it has more than {0} million pixels', MAX_PIXELS / 1e6), true);
  }
  if (/unsupported image format/i.test(message)) {
    return because(t('its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF'), true);
  }
  if (
    /premature end|truncated|end of file|unexpected eof|no more data|not enough data|libpng read error/i.test(
      message,
    )
  ) {
    return because(t('the file is cut short'), true);
  }
  if (/permission denied|EACCES|unable to open/i.test(message)) {
    return because(t('the file cannot be opened'), false);
  }
  const detail = message
    .split('\n')[0]!
    .replace(/^(input file has corrupt header: |vips\w*: )+/i, '')
    .slice(0, 120);
  const known = detail !== '' && !/unknown error/i.test(detail);
  return because(known ? t('its content is damaged ({0})', detail) : t('its content is damaged'), true);
}
