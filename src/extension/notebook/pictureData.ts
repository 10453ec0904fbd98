import { readRegularFile } from '../../core/regularFile';

/** Largest picture that is sent to a cell, in bytes. */
export const MAX_PICTURE_BYTES = 4_000_000;

/** A picture's file as a data URL; undefined where it is gone, too large, or no PNG, JPEG, WebP or GIF by its content. */
export async function pictureData(file: string): Promise<string | undefined> {
  try {
    const bytes = await readRegularFile(file, MAX_PICTURE_BYTES);
    const type = typeOf(bytes);
    return type && `data:image/${type};base64,${bytes.toString('base64')}`;
  } catch {
    return undefined;
  }
}

function typeOf(bytes: Buffer): string | undefined {
  const begins = (text: string, at = 0): boolean =>
    bytes.subarray(at, at + text.length).toString('latin1') === text;
  if (begins('\x89PNG\r\n\x1a\n')) return 'png';
  if (begins('\xff\xd8\xff')) return 'jpeg';
  if (begins('RIFF') && begins('WEBP', 8)) return 'webp';
  if (begins('GIF87a') || begins('GIF89a')) return 'gif';
  return undefined;
}
