import { t } from '../../src/protocol/language';
import { element } from '../elements';
import { phaseWord } from './phaseWord';
import { runStyle, swatch } from './runStyle';

/** What the two kinds of line and the ring mean. */
export function chartKey(): HTMLElement {
  const style = { ...runStyle(0), colourClass: 'plain' };
  return element(
    'p',
    { class: 'key' },
    ...(['train', 'test'] as const).map(phase => element('span', {}, swatch(style, phase), phaseWord(phase))),
    element('span', {}, element('span', { class: 'ring', 'aria-hidden': 'true' }), t('best epoch')),
  );
}
