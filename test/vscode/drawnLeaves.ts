import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../../src/core/random';

const SIZE = 224;

/** How long a leaf of each kind is for its width, and how deep it is lobed; neighbours overlap. */
const KINDS = {
  beech: { length: [1.25, 1.75], lobes: [0, 0.04] },
  linden: { length: [0.95, 1.35], lobes: [0, 0.05] },
  oak: { length: [1.3, 1.8], lobes: [0.1, 0.24] },
  willow: { length: [2.6, 4], lobes: [0, 0.04] },
} as const;

const DRAWINGS = { operation: ['VipsForeignLoadSvg'] };

/** Draws `count` pictures of leaves of each of four kinds into class folders below `folder`: ours to publish. */
export async function drawnLeaves(folder: string, count: number): Promise<void> {
  // The program, where it is loaded here, reads no drawings.
  sharp.unblock(DRAWINGS);
  for (const [kind, look] of Object.entries(KINDS)) {
    await mkdir(join(folder, kind), { recursive: true });
    for (let index = 0; index < count; index++) {
      const random = new Random('leaves', kind, index);
      const lobes = random.uniform(...look.lobes);
      const long = random.uniform(62, 98);
      const wide = long / random.uniform(...look.length);
      const outline = Array.from({ length: 120 }, (_, step) => {
        const angle = (2 * Math.PI * step) / 120;
        const reach = 1 - lobes + lobes * Math.cos(9 * angle);
        const tip = 1 + 0.12 * Math.cos(angle) ** 5;
        return `${long * reach * tip * Math.cos(angle)},${wide * reach * Math.sin(angle)}`;
      });
      const [hue, light] = [random.uniform(70, 125), random.uniform(26, 44)];
      const veins = Array.from({ length: 9 }, (_, step) => {
        const x = long * (step / 5 - 0.8);
        const y = wide * 0.55 * Math.sqrt(Math.max(0, 1 - (x / long) ** 2));
        return `M${x},0L${x + 14},${y}M${x},0L${x + 14},${-y}`;
      });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-112 -112 224 224" width="${SIZE}" height="${SIZE}">
        <rect x="-112" y="-112" width="224" height="224" fill="hsl(${random.uniform(28, 48)} 22% ${random.uniform(72, 90)}%)"/>
        <g transform="translate(${random.uniform(-12, 12)} ${random.uniform(-12, 12)}) rotate(${random.uniform(0, 360)})">
          <path d="M${-long * 1.05},0L${-long - 16},4" stroke="hsl(${hue} 30% 25%)" stroke-width="3"/>
          <polygon points="${outline.join(' ')}" fill="hsl(${hue} ${random.uniform(32, 58)}% ${light}%)"/>
          <path d="M${-long},0L${long * 0.95},0${veins.join('')}" fill="none" stroke="hsl(${hue} 35% ${light + 16}%)" stroke-width="1.6"/>
        </g></svg>`;
      const file = join(folder, kind, `${kind}-${String(index).padStart(3, '0')}.jpg`);
      await sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toFile(file);
    }
  }
  sharp.block(DRAWINGS);
}
