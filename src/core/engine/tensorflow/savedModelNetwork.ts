import { backend, log, tidy } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { ServedGraph } from '../../tensorflow/graphDef';
import { SERVE_TAG } from '../../tensorflow/savedModel';
import { imageTensor } from '../imageTensor';
import type { Pictures } from '../networkInput';
import { readValues } from '../readValues';

/** Runs a SavedModel in TensorFlow itself, which is the engine that computes now. */
export class SavedModelNetwork {
  private readonly session: number;

  /** Of a folder, with what its file says goes in and comes out. */
  constructor(
    folder: string,
    private readonly served: Pick<ServedGraph, 'inputs' | 'outputs'>,
  ) {
    this.session = this.backend.loadSavedModelMetaGraph(folder, SERVE_TAG);
  }

  /** The logarithms of the output `probabilities`, [batch, classes]; pixels of float32 are the input as it is. */
  async evaluateStep(pictures: Pictures): Promise<Float32Array> {
    const { inputs, outputs } = this.served;
    const { name, shape } = inputs['image']!;
    const output = tidy(() => {
      const [probabilities] = this.backend.runSavedModel(
        this.session,
        [imageTensor(pictures)],
        [{ name, shape: [...shape], dtype: 'float32', tfDtype: 'DT_FLOAT' }],
        [outputs['probabilities']!.name],
      );
      return log(probabilities!);
    });
    return readValues(output);
  }

  dispose(): void {
    this.backend.deleteSavedModel(this.session);
  }

  private get backend(): NodeJSKernelBackend {
    return backend() as NodeJSKernelBackend;
  }
}
