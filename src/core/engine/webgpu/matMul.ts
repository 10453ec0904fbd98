import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  env,
  reshape,
  tidy,
  type KernelFunc,
  type Tensor,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { windowOf } from '../windowOf';
import { conv2dFilterGradient } from './conv2dFilterGradient';
import { convolve } from './convolve';

/** Rows and columns of the tiles in which tfjs multiplies. */
export const TILE = 32;

/** tfjs's numbers for ways to multiply: it chooses, or in tiles. */
const [ANY_WAY, IN_TILES] = [-1, 3];
/** From so many terms and results on, tfjs may have several threads add to one result, in any order. */
const [UNORDERED_TERMS, UNORDERED_RESULTS] = [2000, 128];

/**
 * Multiplication of matrices that gives the same bits in every run and leaves no tile empty: a few rows, and sums of a
 * few terms, are convolutions of images of one pixel. `plain` is the backend's own kernel.
 */
export function matMulOf(plain: KernelFunc): KernelFunc {
  return pass => {
    const [a, b] = [pass.inputs['a'] as Tensor, pass.inputs['b'] as Tensor];
    const { transposeA = false, transposeB = false } = pass.attrs as Transposition;
    const backend = pass.backend as WebGPUBackend;
    const [rows, terms] = transposeA
      ? [a.shape.at(-1)!, a.shape.at(-2)!]
      : [a.shape.at(-2)!, a.shape.at(-1)!];
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    if (a.rank === 2 && b.rank === 2) {
      if (transposeA && !transposeB && terms < TILE) return sumOfFew(backend, a as Tensor2D, b as Tensor2D);
      if (!transposeA && rows < TILE) return fewRows(backend, a as Tensor2D, b as Tensor2D, transposeB);
    }
    const unordered = terms >= UNORDERED_TERMS && rows * columns > UNORDERED_RESULTS;
    env().set('WEBGPU_MATMUL_PROGRAM_TYPE', unordered ? IN_TILES : ANY_WAY);
    return plain(pass);
  };
}

interface Transposition {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** a [rows, terms] times b [terms, columns], or [columns, terms] where that is transposed. */
function fewRows(backend: WebGPUBackend, a: Tensor2D, b: Tensor2D, isTransposed: boolean): TensorInfo {
  const [rows, terms] = a.shape;
  const columns = b.shape[isTransposed ? 0 : 1];
  const window = windowOf([rows, 1, 1, terms], [1, 1, terms, columns], ONE_PIXEL, false);
  return tidy(() => {
    const pixels = reshape(a, [rows, 1, 1, terms]);
    return reshape(convolve(backend, pixels, b, window, isTransposed), [rows, columns]);
  });
}

/** a [terms, rows], transposed, times b [terms, columns]: what a filter of one pixel gets from so many pictures. */
function sumOfFew(backend: WebGPUBackend, a: Tensor2D, b: Tensor2D): TensorInfo {
  const [[terms, rows], columns] = [a.shape, b.shape[1]];
  const window = windowOf([terms, 1, 1, rows], [1, 1, rows, columns], ONE_PIXEL, false);
  return tidy(() => {
    const [x, dy] = [reshape(a, [terms, 1, 1, rows]), reshape(b, [terms, 1, 1, columns])];
    return reshape(conv2dFilterGradient(backend, x, dy, window), [rows, columns]);
  });
}

const ONE_PIXEL = { strides: 1, pad: 'valid' } as const;
