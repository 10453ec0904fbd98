import { t } from '../../src/protocol/language';

/** What a phase of an epoch is called. */
export function phaseWord(phase: 'train' | 'test'): string {
  return phase === 'train' ? t('train') : t('test');
}
