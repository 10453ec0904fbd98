import type { Features } from '../engine/networkInput';
import type { HeatMap } from '../image/heatMap';

/**
 * Grad-CAM (Selvaraju et al. 2017) of each picture: the features [pictures, rows, columns, channels] summed with the
 * mean of each channel's gradient as its weight, without what speaks against the class, divided by the largest value.
 * All 0 where nothing speaks for it.
 */
export function gradCam(features: Features, gradients: Features): readonly HeatMap[] {
  const [rows, columns, channels] = features.shape as [number, number, number];
  const places = rows * columns;
  const size = places * channels;
  return Array.from({ length: features.values.length / size }, (_, picture) => {
    const of = ({ values }: Features): Float32Array => values.subarray(picture * size, (picture + 1) * size);
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
