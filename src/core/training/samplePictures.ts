import type { Sample } from '../dataset/dataset';
import { Random } from '../random';

/** At most `most` of the pictures, of each class its share and one at least, drawn by the seed, in their own order. */
export function samplePictures(samples: readonly Sample[], most: number, seed: number): readonly Sample[] {
  if (samples.length <= most) return samples;
  const drawn = new Set<Sample>();
  for (const label of new Set(samples.map(({ label }) => label))) {
    const own = samples.filter(sample => sample.label === label);
    const share = Math.max(1, Math.floor((own.length * most) / samples.length));
    for (const sample of new Random(seed, 'advice', label).shuffle(own).slice(0, share)) drawn.add(sample);
  }
  return samples.filter(sample => drawn.has(sample));
}
