import { t } from '../../protocol/language';
import type { Phase, PhaseEndedEvent } from '../../protocol/trainingEvent';

/** The accuracies of a run by epoch as a Mermaid chart, which pull requests and previews draw; nothing for one epoch. */
export function curvesChart(title: string, phases: readonly PhaseEndedEvent[]): readonly string[] {
  const curve = (wanted: Phase): readonly string[] =>
    phases.filter(({ phase }) => phase === wanted).map(({ accuracy }) => accuracy.toFixed(4));
  const [train, test] = [curve('train'), curve('test')];
  if (test.length < 2) return [];
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis "${t('Epoch')}" 0 --> ${test.length - 1}`,
    `  y-axis "${t('Accuracy')}" 0 --> 1`,
    `  line [${train.slice(0, test.length).join(', ')}]`,
    `  line [${test.join(', ')}]`,
    '```',
    '',
  ];
}
