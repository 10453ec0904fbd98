import sharp from 'sharp';

const JPEG_QUALITY = 85;

/** Pixels [size, size, 3], red, green, blue, 8 bit, as the bytes of an image file. */
export async function encodeImage(
  pixels: Uint8Array,
  size: number,
  format: 'png' | 'jpeg',
): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
  return format === 'png' ? image.png().toBuffer() : image.jpeg({ quality: JPEG_QUALITY }).toBuffer();
}
