import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomicWrite';
import { readRegularFile } from '../regularFile';
import type { ServedGraph, TensorInfo } from './graphDef';
import {
  graphMessage,
  graphOf,
  graphProto,
  mapValues,
  shapeMessage,
  shapeOf,
  type GraphMessage,
  type ShapeMessage,
} from './graphProto';

const SAVED_MODEL_FILE = 'saved_model.pb';
/** The tag and the signature by which everything finds what is served. */
export const SERVE_TAG = 'serve';
const SIGNATURE = 'serving_default';
const METHOD = 'tensorflow/serving/predict';

/** Protocol buffers cannot be larger. */
const MAX_BYTES = 2 ** 31 - 1;

const savedModelProto = graphProto.lookupType('SavedModel');

interface InfoMessage {
  readonly name: string;
  readonly tensorShape: ShapeMessage;
}

interface SavedModelMessage {
  readonly metaGraphs: readonly {
    readonly graphDef: GraphMessage;
    readonly signatureDef: Readonly<
      Record<string, Readonly<Record<'inputs' | 'outputs', Readonly<Record<string, InfoMessage>>>>>
    >;
  }[];
}

/**
 * Makes the folder of a SavedModel, https://www.tensorflow.org/guide/saved_model: the weights are constants of its graph,
 * so that it has no variables. `extra` goes below `assets.extra/`, which TensorFlow leaves to its users.
 */
export async function writeSavedModel(
  folder: string,
  { graph, inputs, outputs }: ServedGraph,
  extra: Readonly<Record<string, string>>,
): Promise<void> {
  const signature = {
    inputs: mapValues(inputs, infoMessage),
    outputs: mapValues(outputs, infoMessage),
    methodName: METHOD,
  };
  const message = savedModelProto.fromObject({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: [SERVE_TAG] },
        graphDef: graphMessage(graph, true),
        signatureDef: { [SIGNATURE]: signature },
      },
    ],
  });
  const extraFolder = join(folder, 'assets.extra');
  await mkdir(extraFolder, { recursive: true });
  await writeFileAtomically(join(folder, SAVED_MODEL_FILE), savedModelProto.encode(message).finish());
  for (const [name, content] of Object.entries(extra))
    await writeFileAtomically(join(extraFolder, name), content);
}

/** Reads a folder that `writeSavedModel` made: other kinds of attributes and tensors are not known here. */
export async function readSavedModel(folder: string): Promise<ServedGraph> {
  const decoded = savedModelProto.decode(await readRegularFile(join(folder, SAVED_MODEL_FILE), MAX_BYTES));
  const { metaGraphs } = savedModelProto.toObject(decoded, {
    longs: Number,
    enums: String,
  }) as SavedModelMessage;
  const { graphDef, signatureDef } = metaGraphs[0]!;
  const { inputs, outputs } = signatureDef[SIGNATURE]!;
  return { graph: graphOf(graphDef), inputs: mapValues(inputs, infoOf), outputs: mapValues(outputs, infoOf) };
}

function infoMessage({ name, shape }: TensorInfo): object {
  return { name, dtype: 'DT_FLOAT', tensorShape: shapeMessage(shape) };
}

function infoOf({ name, tensorShape }: InfoMessage): TensorInfo {
  return { name, shape: shapeOf(tensorShape) };
}
