import { t } from '../../src/protocol/language';
import type { PlottedStatus } from '../../src/protocol/pageMessages';
import type { RunCurves } from './curves';

/** How a run is, in a word. */
export function statusWord({ status, isStopping }: Pick<RunCurves, 'status' | 'isStopping'>): string {
  if (isStopping) return t('Stopping');
  const words: Record<PlottedStatus, string> = {
    queued: t('Queued'),
    preparing: t('Preparing'),
    running: t('Running'),
    completed: t('Completed'),
    cancelled: t('Stopped'),
    failed: t('Failed'),
    crashed: t('Crashed'),
  };
  return words[status];
}
