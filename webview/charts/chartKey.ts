import { t } from '../../src/protocol/language';
import { element } from '../elements';
import type { RunCurves } from './curves';
import { phaseWord } from './phaseWord';
import { runStyle, swatch } from './runStyle';

/** What the two kinds of line mean, the ring, and where a run unfreezes layers the upright mark. */
export class ChartKey {
  private readonly unfrozen = meaning('upright', t('more layers train'));
  readonly element = element(
    'p',
    { class: 'key' },
    ...(['train', 'test'] as const).map(phase =>
      element('span', {}, swatch({ ...runStyle(0), colourClass: 'plain' }, phase), phaseWord(phase)),
    ),
    meaning('ring', t('best epoch')),
    this.unfrozen,
  );

  /** Says what these runs need. */
  update(runs: readonly RunCurves[]): void {
    this.unfrozen.hidden = !runs.some(({ unfrozen }) => unfrozen);
  }
}

function meaning(mark: string, text: string): HTMLElement {
  return element('span', {}, element('span', { class: mark, 'aria-hidden': 'true' }), text);
}
