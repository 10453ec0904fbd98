import { mul, reshape, sum, tensor2d, tidy, tile, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The filter [height, width, in / groups, out] of a convolution in groups as one of all channels, [height, width, in,
 * out], with zeros between groups: no engine has kernels for groups both ways, and all have fast ones without.
 */
export function spreadGroups(filter: Tensor, groups: number): Tensor {
  return tidy(() => mul(tile(filter, [1, 1, groups, 1]), groupMask(filter.shape, groups)));
}

/** The other way for a gradient: what there is of a filter of all channels for the filter in groups. */
export function gatherGroups(gradient: Tensor, shape: readonly number[], groups: number): Tensor {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  return tidy(() => {
    const within = mul(gradient, groupMask(shape, groups));
    const byGroup = reshape(within, [height * width, groups, inputs * outputs]);
    return reshape(sum(byGroup, 1), [height, width, inputs, outputs]);
  });
}

/** [in, out]: 1 where both are of one group. */
function groupMask([, , perGroup, outputs]: readonly number[], groups: number): Tensor {
  const inputs = perGroup! * groups;
  const mask = new Float32Array(inputs * outputs!);
  const width = outputs! / groups;
  for (let input = 0; input < inputs; input++) {
    const start = input * outputs! + Math.floor(input / perGroup!) * width;
    mask.fill(1, start, start + width);
  }
  return tensor2d(mask, [inputs, outputs!]);
}
