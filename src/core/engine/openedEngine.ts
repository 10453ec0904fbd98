import type { Ops } from './ops';

/** What an engine says of itself once it is loaded. */
export interface OpenedEngine {
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** What it computes on, as half a sentence. */
  readonly deviceReason: string;
  readonly ops: Ops;
  /** Makes it the one that tfjs computes on. */
  activate(): Promise<void>;
}
