import { Root } from 'protobufjs/light';
import { writeFileAtomically } from '../atomicWrite';
import { readRegularFile } from '../regularFile';
import type { OnnxAttribute, OnnxModel, OnnxValue } from './onnxModel';

/** Protocol buffers cannot be larger. */
const MAX_BYTES = 2 ** 31 - 1;
/** The file format's version, of the time of operator set 13. */
const IR_VERSION = 7;
const FLOAT = 1;
const INT64 = 7;

/** The fields of onnx.proto that are written and read here, with its numbers. */
const messages = Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSetIdProto', id: 8 },
        metadataProps: { rule: 'repeated', type: 'StringStringEntryProto', id: 14 },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    StringStringEntryProto: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: {
      fields: {
        name: { type: 'string', id: 1 },
        type: { type: 'TypeProto', id: 2 },
        docString: { type: 'string', id: 3 },
      },
    },
    TypeProto: { fields: { tensorType: { type: 'TensorTypeProto', id: 1 } } },
    TensorTypeProto: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'DimensionProto', id: 1 } } },
    DimensionProto: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
  },
});
const modelProto = messages.lookupType('ModelProto');

/** What decoding gives: the messages above, fields that are not there with their defaults. */
interface ModelMessage {
  readonly producerName: string;
  readonly graph: GraphMessage;
  readonly opsetImport: readonly { readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

interface GraphMessage {
  readonly name: string;
  readonly node: readonly {
    readonly name: string;
    readonly opType: string;
    readonly input: readonly string[];
    readonly output: readonly string[];
    readonly attribute: readonly AttributeMessage[];
  }[];
  readonly initializer: readonly {
    readonly name: string;
    readonly dims: readonly number[];
    readonly dataType: number;
    readonly rawData: Uint8Array;
  }[];
  readonly input: readonly ValueMessage[];
  readonly output: readonly ValueMessage[];
}

interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f: number;
  readonly i: number;
  readonly ints: readonly number[];
}

interface ValueMessage {
  readonly name: string;
  readonly docString: string;
  readonly type: {
    readonly tensorType: {
      readonly shape: { readonly dim: readonly { readonly dimValue: number; readonly dimParam: string }[] };
    };
  };
}

/** Writes an ONNX file, whole or not at all. */
export async function writeOnnx(file: string, model: OnnxModel): Promise<void> {
  await writeFileAtomically(file, modelProto.encode(modelProto.fromObject(toMessage(model))).finish());
}

/** Reads an ONNX file that `writeOnnx` wrote: other kinds of tensors and attributes are not known here. */
export async function readOnnx(file: string): Promise<OnnxModel> {
  const decoded = modelProto.decode(await readRegularFile(file, MAX_BYTES));
  return fromMessage(modelProto.toObject(decoded, { longs: Number, defaults: true }) as ModelMessage);
}

function toMessage({ graph, opset, producer, metadata }: OnnxModel): object {
  return {
    irVersion: IR_VERSION,
    producerName: producer,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: graph.nodes.map(({ name, operator, inputs, outputs, attributes }) => ({
        ...{ name, opType: operator, input: inputs, output: outputs },
        attribute: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
      })),
      initializer: graph.initializers.map(({ name, shape, data }) => ({
        ...{ name, dims: shape, dataType: data instanceof Float32Array ? FLOAT : INT64 },
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      input: graph.inputs.map(valueMessage),
      output: graph.outputs.map(valueMessage),
    },
  };
}

const KIND = { float: 1, int: 2, ints: 7 } as const;

function attributeMessage(name: string, value: OnnxAttribute): object {
  if ('float' in value) return { name, type: KIND.float, f: value.float };
  if ('int' in value) return { name, type: KIND.int, i: value.int };
  return { name, type: KIND.ints, ints: value.ints };
}

function valueMessage({ name, shape, description }: OnnxValue): object {
  const dim = shape.map(extent => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }));
  return { name, docString: description, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function fromMessage({ graph, opsetImport, producerName, metadataProps }: ModelMessage): OnnxModel {
  return {
    opset: opsetImport[0]!.version,
    producer: producerName,
    metadata: Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])),
    graph: {
      name: graph.name,
      nodes: graph.node.map(({ name, opType, input, output, attribute }) => ({
        ...{ name, operator: opType, inputs: input, outputs: output },
        attributes: Object.fromEntries(attribute.map(message => [message.name, attributeOf(message)])),
      })),
      initializers: graph.initializer.map(({ name, dims, dataType, rawData }) => {
        // Copied: within the file it need not lie at a multiple of 4 bytes.
        const { buffer } = Uint8Array.from(rawData);
        const data = dataType === INT64 ? new BigInt64Array(buffer) : new Float32Array(buffer);
        return { name, shape: dims, data };
      }),
      inputs: graph.input.map(valueOf),
      outputs: graph.output.map(valueOf),
    },
  };
}

function attributeOf({ type, f, i, ints }: AttributeMessage): OnnxAttribute {
  if (type === KIND.float) return { float: f };
  return type === KIND.int ? { int: i } : { ints };
}

function valueOf({ name, docString, type }: ValueMessage): OnnxValue {
  const shape = type.tensorType.shape.dim.map(({ dimValue, dimParam }) => dimParam || dimValue);
  return { name, shape, description: docString };
}
