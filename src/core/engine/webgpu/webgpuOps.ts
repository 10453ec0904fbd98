import {
  reverse,
  tensor,
  tidy,
  transpose,
  type backend_util,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Pair } from '../../model/layerTree';
import type { Edges, Window } from '../../model/windowOutput';
import { withEdges } from '../layers/withEdges';
import type { FusedWindow } from '../ops';
import { TfjsOps } from '../tfjsOps';
import { windowOf } from '../windowOf';
import { conv2dFilterGradient } from './conv2dFilterGradient';
import { convolve } from './convolve';
import { depthwiseFilterGradient } from './depthwiseFilterGradient';
import { TILE } from './matMul';
import { maxPoolGradient } from './maxPoolGradient';
import { sumRows } from './sumRows';
import type { WatchedWebgpuBackend } from './webgpuBackend';

/** The operations on a GPU: tfjs's kernels, and programs of our own where those are sums of a single thread. */
export class WebgpuOps extends TfjsOps {
  constructor(private readonly backend: WatchedWebgpuBackend) {
    super('webgpu');
  }

  override place(values: Float32Array, shape: readonly number[]): Tensor {
    const placed = tensor(values, [...shape]);
    this.backend.uploadToGPU(placed.dataId);
    return placed;
  }

  override settle(): Promise<void> {
    return this.backend.settle();
  }

  override conv2d(x: Tensor, filter: Tensor, window: Window): Tensor {
    const info = this.info(x.shape, filter.shape, window, false);
    return isSmall(info) ? convolve(this.backend, x, filter, info) : super.conv2d(x, filter, window);
  }

  override fusedConv2d(x: Tensor, filter: Tensor, bias: Tensor, window: FusedWindow): Tensor {
    const { depthwise, activation } = window;
    if (depthwise || !isSmall(this.info(x.shape, filter.shape, window, false))) {
      return super.fusedConv2d(x, filter, bias, window);
    }
    return tidy(() => {
      const sums = this.biasAdd(this.conv2d(x, filter, window), bias);
      return activation ? this.relu(sums, activation === 'ReLU6' ? 6 : undefined) : sums;
    });
  }

  override conv2dInputGradient(
    dy: Tensor,
    filter: Tensor,
    inputShape: readonly number[],
    window: Window,
  ): Tensor {
    if (window.stride.some(step => step !== 1)) {
      return super.conv2dInputGradient(dy, filter, inputShape, window);
    }
    // The same sums as a convolution, for which there are faster kernels: dy, with as many zeros around it as it takes,
    // and the filter turned round.
    const { padInfo, filterHeight, filterWidth } = this.info(inputShape, filter.shape, window, false);
    return tidy(() => {
      const turned = transpose<Tensor4D>(reverse(filter as Tensor4D, [0, 1]), [0, 1, 3, 2]);
      const edges = [
        ...[filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom],
        ...[filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right],
      ] as unknown as Edges;
      return this.conv2d(withEdges(dy, edges), turned, { stride: [1, 1], padding: 'valid' });
    });
  }

  override conv2dFilterGradient(
    x: Tensor,
    dy: Tensor,
    filterShape: readonly number[],
    window: Window,
  ): Tensor {
    return conv2dFilterGradient(this.backend, x, dy, this.info(x.shape, filterShape, window, false));
  }

  override depthwiseConv2dFilterGradient(
    x: Tensor,
    dy: Tensor,
    filterShape: readonly number[],
    window: Window,
  ): Tensor {
    return depthwiseFilterGradient(this.backend, x, dy, this.info(x.shape, filterShape, window, true));
  }

  override maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, kernelSize: Pair, stride: Pair): Tensor {
    return maxPoolGradient(this.backend, dy, x, y, kernelSize, stride);
  }

  protected override sumOfPixels(x: Tensor): Tensor {
    return sumRows(this.backend, x);
  }

  private info(
    inputShape: readonly number[],
    filterShape: readonly number[],
    { stride, padding }: Window,
    depthwise: boolean,
  ): backend_util.Conv2DInfo {
    return windowOf(inputShape, filterShape, { strides: [...stride], pad: padding }, depthwise);
  }
}

/** Whether an image is less than one of tfjs's tiles. */
function isSmall({ outHeight, outWidth }: backend_util.Conv2DInfo): boolean {
  return outHeight * outWidth < TILE;
}
