import type { io, Tensor } from '@tensorflow/tfjs-core';
import { log, tidy } from '@tensorflow/tfjs-core';
import { GraphModel as LoadedGraphModel } from '@tensorflow/tfjs-converter';
import type { GraphModel } from '../tensorflow/graphModel';
import { imageTensor } from './imageTensor';
import type { Pictures } from './networkInput';
import { readValues } from './readValues';

/** Runs a graph model with TensorFlow.js' own loader, on the engine that computes now. */
export class GraphModelNetwork {
  private readonly loaded: LoadedGraphModel<io.IOHandlerSync>;

  constructor(model: GraphModel) {
    this.loaded = new LoadedGraphModel({ load: () => model as io.ModelArtifacts });
    this.loaded.load();
  }

  /** The logarithms of the output `probabilities`, [batch, classes]; pixels of float32 are the input as it is. */
  async evaluateStep(pictures: Pictures): Promise<Float32Array> {
    const output = tidy(() => {
      const probabilities = this.loaded.execute({ image: imageTensor(pictures) }, 'probabilities');
      return log(probabilities as Tensor);
    });
    return readValues(output);
  }

  dispose(): void {
    this.loaded.dispose();
  }
}
