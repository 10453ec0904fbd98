import { matMul, tidy, transpose, type KernelFunc, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Matrix multiplication by way of the one case that the backend does fast, two plain matrices: what is to be transposed
 * is laid out so first. `plain` is the backend's own kernel.
 */
export function matMulOf(plain: KernelFunc): KernelFunc {
  return pass => {
    const [a, b] = [pass.inputs['a'] as Tensor2D, pass.inputs['b'] as Tensor2D];
    const { transposeA, transposeB } = pass.attrs as { transposeA?: boolean; transposeB?: boolean };
    if (a.rank !== 2 || b.rank !== 2 || !(transposeA || transposeB)) return plain(pass);
    return tidy(() => {
      const right = (): Tensor2D => (transposeA ? a : transpose(a));
      // A linear layer's weight stays as it lies: it is much larger than a batch.
      if (transposeB && b.size > a.size) return transpose(matMul(b, right()));
      return matMul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b);
    });
  };
}
