import type { Engine } from '../engine/chooseEngine';
import type { Network } from '../engine/network';
import type { RunDescription } from './trainer';

/** A run and the network of this process that trains it. */
export interface LoadedRun extends RunDescription {
  readonly engine: Engine;
  readonly network: Network;
}
