import type { Features } from '../engine/networkInput';
import type { HeatMap } from '../image/heatMap';
import { valuesIn } from '../model/shapes';

/**
 * Grad-CAM (Selvaraju et al. 2017) of each picture: the features [pictures, rows, columns, channels] summed with the
 * mean of each channel's gradient as its weight, without what speaks against the class, divided by the largest value.
 * All 0 where nothing speaks for it. Tokens [pictures, 1 + rows x columns, channels] are a square without the first.
 */
export function gradCam(features: Features, gradients: Features): readonly HeatMap[] {
  const channels = features.shape.at(-1)!;
  const [rows, columns] = gridOf(features.shape);
  const places = rows * columns;
  const size = valuesIn(features.shape);
  return Array.from({ length: features.values.length / size }, (_, picture) => {
    const of = ({ values }: Features): Float32Array =>
      values.subarray((picture + 1) * size - places * channels, (picture + 1) * size);
    const [activations, slopes] = [of(features), of(gradients)];
    const weights = new Float64Array(channels);
    slopes.forEach((slope, i) => (weights[i % channels]! += slope / places));
    const sums = new Float64Array(places);
    activations.forEach((value, i) => (sums[Math.floor(i / channels)]! += value * weights[i % channels]!));
    const largest = sums.reduce((a, b) => Math.max(a, b), 0);
    const values = Float32Array.from(sums, sum => (sum > 0 ? sum / largest : 0));
    return { rows, columns, values };
  });
}

function gridOf([rows, columns, ...rest]: readonly number[]): readonly [rows: number, columns: number] {
  if (rest.length > 0) return [rows!, columns!];
  const side = Math.sqrt(rows! - 1);
  return [side, side];
}
