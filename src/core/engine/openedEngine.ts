import type { Ops } from './ops';

/** What an engine says of itself once it is loaded. */
export interface OpenedEngine {
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** What it computes on, as half a sentence. */
  readonly deviceReason: string;
  /** Whether it uses one core, so that work in other processes is faster. */
  readonly singleThreaded: boolean;
  readonly ops: Ops;
  /** Resolves when it can compute no more and has to be opened anew; undefined where that does not happen. */
  readonly lost?: Promise<unknown>;
  /** Makes it the one that tfjs computes on. */
  activate(): Promise<void>;
}
