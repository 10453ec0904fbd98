import { open } from 'node:fs/promises';

/** Largest picture that is sent to a cell, in bytes. */
export const MAX_PICTURE_BYTES = 4_000_000;

/** A picture's file as a data URL; undefined where it is gone, too large, or no PNG, JPEG, WebP or GIF by its content. */
export async function pictureData(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined);
  try {
    if (!handle) return undefined;
    const { size } = await handle.stat();
    if (size > MAX_PICTURE_BYTES) return undefined;
    // The file may grow while it is read; no more than its size was.
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size), position: 0 });
    const bytes = buffer.subarray(0, bytesRead);
    const type = typeOf(bytes);
    return type && `data:image/${type};base64,${bytes.toString('base64')}`;
  } catch {
    return undefined;
  } finally {
    await handle?.close();
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
