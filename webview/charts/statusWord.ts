import type { PlottedStatus } from '../../src/protocol/pageMessages';
import type { RunCurves } from './curves';

const STATUS: Record<PlottedStatus, string> = {
  queued: 'Queued',
  preparing: 'Preparing',
  running: 'Running',
  completed: 'Completed',
  cancelled: 'Stopped',
  failed: 'Failed',
  crashed: 'Crashed',
};

/** How a run is, in a word. */
export function statusWord({ status, isStopping }: Pick<RunCurves, 'status' | 'isStopping'>): string {
  return isStopping ? 'Stopping' : STATUS[status];
}
