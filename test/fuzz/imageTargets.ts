import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, readImageHeader } from '../../src/core/image/decodeImage';
import { wholeView } from '../../src/core/image/transforms';
import { pattern } from '../unit/image/imageFiles';
import type { FuzzTarget } from './fuzzTarget';
import { mutateBytes, pick } from './mutate';

const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const;
const sound = new Map<string, Buffer>();

/** Pictures with changed bytes: sizes, lengths and tables at their start above all. */
export const imageTargets: readonly FuzzTarget[] = [
  {
    name: 'images',
    async prepare() {
      const raw = { width: 24, height: 20, channels: 3 } as const;
      for (const format of FORMATS)
        sound.set(format, await sharp(pattern(24, 20), { raw }).toFormat(format).toBuffer());
    },
    input(random) {
      const format = pick(random, FORMATS);
      let bytes = mutateBytes(sound.get(format)!, random);
      if (random.integer(3) === 0) bytes = mutateBytes(bytes, random);
      return {
        files: { [`a.${format}`]: bytes },
        read: async folder => {
          const file = join(folder, `a.${format}`);
          const { width, height } = await readImageHeader(file);
          await decodeImage(file, wholeView(width, height, 32));
        },
      };
    },
  },
];
