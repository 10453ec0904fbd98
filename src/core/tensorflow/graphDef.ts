/**
 * The part of TensorFlow's graphs that image classifiers need. Names as in graph.proto, node_def.proto, tensor.proto and
 * meta_graph.proto, https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core.
 */
export interface GraphDef {
  /** In an order in which each comes after all it reads. */
  readonly node: readonly NodeDef[];
}

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** Nodes by name; `name:1` is the second output of one. */
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

export type AttrValue =
  | { readonly type: DataType }
  | { readonly s: Uint8Array }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly list: { readonly i: readonly number[] } }
  | { readonly shape: readonly number[] }
  | { readonly tensor: TensorValue };

export type DataType = 'DT_FLOAT' | 'DT_INT32';

/** The value of a node of kind `Const`. */
export interface TensorValue {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A graph with what goes in and comes out: `serving_default`, in TensorFlow's words. */
export interface ServedGraph {
  readonly graph: GraphDef;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly outputs: Readonly<Record<string, TensorInfo>>;
}

/** A float32 value of the graph; an extent of -1 may be any number. */
export interface TensorInfo {
  /** `node:0` */
  readonly name: string;
  readonly shape: readonly number[];
}
