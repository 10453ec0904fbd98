import { Root, type IMapField } from 'protobufjs/light';
import type { AttrValue, DataType, GraphDef, NodeDef, TensorValue } from './graphDef';

/** Graphs of TensorFlow 2.8 (2022) say so: no operator here is younger. */
const PRODUCER = 987;

const mapOf = (type: string, id: number): IMapField => ({ keyType: 'string', type, id });

/** The fields that are written and read here, with TensorFlow's numbers. */
export const graphProto = Root.fromJSON({
  nested: {
    GraphDef: {
      fields: {
        node: { rule: 'repeated', type: 'NodeDef', id: 1 },
        versions: { type: 'VersionDef', id: 4 },
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 }, minConsumer: { type: 'int32', id: 2 } } },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        attr: mapOf('AttrValue', 5),
      },
    },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'DataType', id: 6 },
        shape: { type: 'TensorShapeProto', id: 7 },
        tensor: { type: 'TensorProto', id: 8 },
      },
    },
    ListValue: { fields: { i: { rule: 'repeated', type: 'int64', id: 3 } } },
    TensorProto: {
      fields: {
        dtype: { type: 'DataType', id: 1 },
        tensorShape: { type: 'TensorShapeProto', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    DataType: { values: { DT_INVALID: 0, DT_FLOAT: 1, DT_INT32: 3 } },
    // meta_graph.proto and saved_model.proto
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { type: 'MetaInfoDef', id: 1 },
        graphDef: { type: 'GraphDef', id: 2 },
        signatureDef: mapOf('SignatureDef', 5),
      },
    },
    MetaInfoDef: { fields: { tags: { rule: 'repeated', type: 'string', id: 4 } } },
    SignatureDef: {
      fields: {
        inputs: mapOf('TensorInfo', 1),
        outputs: mapOf('TensorInfo', 2),
        methodName: { type: 'string', id: 3 },
      },
    },
    TensorInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        dtype: { type: 'DataType', id: 2 },
        tensorShape: { type: 'TensorShapeProto', id: 3 },
      },
    },
  },
});

export interface ShapeMessage {
  readonly dim: readonly { readonly size: number }[];
}

interface TensorMessage {
  readonly dtype: DataType;
  readonly tensorShape: ShapeMessage;
  readonly tensorContent: Uint8Array;
}

type AttrMessage =
  | Exclude<AttrValue, { readonly shape: unknown } | { readonly tensor: unknown }>
  | { readonly shape: ShapeMessage }
  | { readonly tensor: TensorMessage };

/** What decoding a GraphDef gives. */
export interface GraphMessage {
  readonly node: readonly {
    readonly name: string;
    readonly op: string;
    readonly input?: readonly string[];
    readonly attr?: Readonly<Record<string, AttrMessage>>;
  }[];
}

/** A graph as protobufjs takes it; without the values of constants where they go elsewhere. */
export function graphMessage({ node }: GraphDef, withValues: boolean): object {
  return {
    node: node.map(({ name, op, input, attr }) => ({
      ...{ name, op, input },
      attr: mapValues(attr, value => attrMessage(value, withValues)),
    })),
    versions: { producer: PRODUCER, minConsumer: 0 },
  };
}

function attrMessage(value: AttrValue, withValues: boolean): object {
  if ('shape' in value) return { shape: shapeMessage(value.shape) };
  if (!('tensor' in value)) return value;
  const { shape, data } = value.tensor;
  const dtype: DataType = data instanceof Float32Array ? 'DT_FLOAT' : 'DT_INT32';
  const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    tensor: { dtype, tensorShape: shapeMessage(shape), ...(withValues ? { tensorContent: content } : {}) },
  };
}

export function shapeMessage(shape: readonly number[]): ShapeMessage {
  return { dim: shape.map(size => ({ size })) };
}

/** The other way round; a kind of attribute that is not written here is not known. */
export function graphOf({ node }: GraphMessage): GraphDef {
  return {
    node: node.map(({ name, op, input = [], attr = {} }): NodeDef => {
      return { name, op, input, attr: mapValues(attr, attrOf) };
    }),
  };
}

function attrOf(value: AttrMessage): AttrValue {
  if ('shape' in value) return { shape: shapeOf(value.shape) };
  return 'tensor' in value ? { tensor: tensorOf(value.tensor) } : value;
}

export function shapeOf({ dim }: Partial<ShapeMessage>): readonly number[] {
  return (dim ?? []).map(({ size }) => size);
}

function tensorOf({ dtype, tensorShape, tensorContent }: TensorMessage): TensorValue {
  // Copied: within a file it need not lie at a multiple of 4 bytes.
  const { buffer } = Uint8Array.from(tensorContent);
  return {
    shape: shapeOf(tensorShape),
    data: dtype === 'DT_FLOAT' ? new Float32Array(buffer) : new Int32Array(buffer),
  };
}

export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
