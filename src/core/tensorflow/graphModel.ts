import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '../atomicWrite';
import { valuesIn } from '../model/shapes';
import { readRegularFile } from '../regularFile';
import type { ServedGraph, TensorInfo, TensorValue } from './graphDef';
import { graphMessage, graphProto, mapValues, shapeMessage } from './graphProto';

const GRAPH_MODEL_FILE = 'model.json';

/** As much as browsers keep of a file, and what TensorFlow.js' own converter writes into each. */
const SHARD_BYTES = 4 * 2 ** 20;
const MAX_JSON_BYTES = 64 * 2 ** 20;

/** A model as TensorFlow.js' `loadGraphModel` takes it. */
export interface GraphModel {
  /** The graph, without the values of its constants. */
  readonly modelTopology: object;
  readonly signature: object;
  readonly userDefinedMetadata: object;
  readonly weightSpecs: readonly WeightSpec[];
  /** All values one after the other, in the order of `weightSpecs`. */
  readonly weightData: ArrayBuffer;
}

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

interface ModelJson extends Omit<GraphModel, 'weightSpecs' | 'weightData'> {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
}

/** A graph in TensorFlow.js' form. */
export function graphModelOf(served: ServedGraph, metadata: object = {}): GraphModel {
  const constants = constantsOf(served);
  const weightData = new ArrayBuffer(constants.reduce((sum, [, { data }]) => sum + data.byteLength, 0));
  let at = 0;
  for (const [, { data }] of constants) {
    new Uint8Array(weightData, at).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    at += data.byteLength;
  }
  return {
    ...headOf(served, metadata),
    weightSpecs: constants.map(([name, { shape, data }]) => ({
      ...{ name, shape },
      dtype: data instanceof Float32Array ? 'float32' : 'int32',
    })),
    weightData,
  };
}

/**
 * Makes the folder of a graph model of TensorFlow.js: `model.json` and the weights in files of 4 MB. What `metadata`
 * holds becomes the loaded model's `metadata`.
 */
export async function writeGraphModel(folder: string, served: ServedGraph, metadata: object): Promise<void> {
  await mkdir(folder);
  const { weightSpecs, weightData, ...head } = graphModelOf(served, metadata);
  const count = Math.ceil(weightData.byteLength / SHARD_BYTES);
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  for (const [i, path] of paths.entries()) {
    const length = Math.min(SHARD_BYTES, weightData.byteLength - i * SHARD_BYTES);
    await writeFileAtomically(join(folder, path), new Uint8Array(weightData, i * SHARD_BYTES, length));
  }
  const json = {
    format: 'graph-model',
    generatedBy: 'thaw',
    convertedBy: 'thaw',
    ...head,
    weightsManifest: [{ paths, weights: weightSpecs }],
  };
  await writeFileAtomically(join(folder, GRAPH_MODEL_FILE), `${JSON.stringify(json)}\n`);
}

/** Reads a folder that `writeGraphModel` made. */
export async function readGraphModel(folder: string): Promise<GraphModel> {
  const text = await readRegularFile(join(folder, GRAPH_MODEL_FILE), MAX_JSON_BYTES);
  const { modelTopology, signature, userDefinedMetadata, weightsManifest } = JSON.parse(
    text.toString('utf8'),
  ) as ModelJson;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const shards: Buffer[] = [];
  for (const path of weightsManifest.flatMap(({ paths }) => paths))
    shards.push(await readRegularFile(join(folder, basename(path)), SHARD_BYTES));
  const bytes = weightSpecs.reduce((sum, { shape }) => sum + 4 * valuesIn(shape), 0);
  const weightData = new ArrayBuffer(bytes);
  let at = 0;
  for (const shard of shards) {
    new Uint8Array(weightData, at).set(shard);
    at += shard.length;
  }
  if (at !== bytes) throw new Error(`The weights of ${folder} have ${at} bytes, not ${bytes}`);
  return { modelTopology, signature, userDefinedMetadata, weightSpecs, weightData };
}

function headOf(
  { graph, inputs, outputs }: ServedGraph,
  metadata: object,
): Pick<GraphModel, 'modelTopology' | 'signature' | 'userDefinedMetadata'> {
  const graphDef = graphProto.lookupType('GraphDef');
  const message = graphDef.fromObject(graphMessage(graph, false));
  return {
    // Numbers of 64 bits and names of types are texts, bytes are base64: what JSON is to protocol buffers.
    modelTopology: graphDef.toObject(message, { longs: String, enums: String, bytes: String }),
    signature: { inputs: mapValues(inputs, infoJson), outputs: mapValues(outputs, infoJson) },
    userDefinedMetadata: metadata,
  };
}

function infoJson({ name, shape }: TensorInfo): object {
  const dim = shapeMessage(shape).dim.map(({ size }) => ({ size: String(size) }));
  return { name, dtype: 'DT_FLOAT', tensorShape: { dim } };
}

function constantsOf({ graph }: ServedGraph): readonly (readonly [name: string, value: TensorValue])[] {
  return graph.node.flatMap(({ name, attr }) => {
    const { value } = attr;
    return value && 'tensor' in value ? [[name, value.tensor] as const] : [];
  });
}
