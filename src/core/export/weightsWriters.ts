import { TrainedModel } from '../training/trainedModel';
import type { TrainedWeights } from '../training/trainedWeights';
import { loadWeights } from '../weights/loadWeights';
import { writeSafetensors } from '../weights/safetensors';
import type { StateDict } from '../weights/stateDict';
import { writeTorchCheckpoint } from '../weights/writeTorchCheckpoint';
import { detailsJson, detailTexts } from './exportDetails';
import type { ExportWriter } from './exportWriter';
import { pytorchSnippet } from './pytorchSnippet';

export const safetensorsWriter: ExportWriter = {
  async write(file, { tensors }, details) {
    await writeSafetensors(file, tensors, detailTexts(details));
  },
  open: openWeights,
  companion: (_, { model }) => pytorchSnippet(model, 'safetensors'),
};

export const pthWriter: ExportWriter = {
  write: (file, { tensors }) => writeTorchCheckpoint(file, tensors),
  open: openWeights,
  companion: (ending, details) =>
    ending === '.json' ? detailsJson(details) : pytorchSnippet(details.model, 'pth'),
};

async function openWeights(file: string, trained: TrainedWeights): Promise<TrainedModel> {
  const { tensors } = await loadWeights(file);
  requireSame(tensors, trained.tensors);
  return TrainedModel.of({ ...trained, tensors });
}

/** Every key, shape and bit. */
function requireSame(found: StateDict, expected: StateDict): void {
  const differs = [...expected].find(([key, { dtype, shape, data }]) => {
    const other = found.get(key);
    return !(
      other?.dtype === dtype &&
      other.shape.join() === shape.join() &&
      bytesOf(other.data).equals(bytesOf(data))
    );
  });
  if (differs || found.size !== expected.size)
    throw new Error(`The exported file reads back otherwise, at ${differs?.[0] ?? 'its keys'}`);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
