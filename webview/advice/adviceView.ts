import { adviceText, isAsGood, planText, timeText, type ComparedTrial } from '../../src/protocol/adviceEvent';
import type { AdviceContent, AdviceHost } from '../../src/protocol/adviceMessages';
import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { intervalDrawings } from '../charts/intervalDrawings';
import { button, element, scrolled, setText } from '../elements';
import type { Host } from '../host';
import { intervalText } from '../numbers';

/** The page: which freeze set to take, and what was tried with its numbers. */
export class AdviceView {
  readonly element = element('main', { class: 'page advice' });
  private readonly said = element('p', { class: 'status', role: 'status' });

  constructor(private readonly host: Host<object, AdviceHost, AdviceContent>) {}

  /** Asks what was found. */
  async fill(): Promise<void> {
    const content = await this.host.channel.request('hydrate');
    this.host.keep(content);
    const { recipe, take, plan, trials } = content;
    setText(this.said, adviceText(content));
    const taken = take === null ? undefined : trials[take];
    const write = taken && !taken.isRecipe ? [this.write(take!, t('Write It into the Recipe'), true)] : [];
    this.element.replaceChildren(
      element(
        'header',
        {},
        element(
          'div',
          { class: 'heading' },
          element('h1', {}, t('What to freeze in {0}', recipe)),
          this.said,
        ),
        element('div', { class: 'toolbar' }, ...write),
      ),
      this.table(content),
      element('p', { class: 'quiet' }, planText(plan)),
      element(
        'p',
        { class: 'quiet' },
        t(
          "Once: computing what is frozen, with all pictures. An epoch: training and testing with all pictures. The last column is McNemar's test against the most accurate: below 0.05 the difference is hardly chance.",
        ),
      ),
    );
  }

  private table({ trials, take }: AdviceContent): HTMLElement {
    const draw = intervalDrawings(trials.filter(({ epochs }) => epochs > 0));
    const heads = [t('Accuracy'), t('95% interval'), t('Once'), t('An epoch'), t('As good as the best?')];
    const rows = trials.map((trial, index) => {
      const { trains, freeze, isRecipe, problem } = trial;
      const cells =
        trial.epochs === 0
          ? [element('td', { class: 'problem', colspan: heads.length + 1 }, problem ?? '')]
          : [
              element('td', { class: index === take ? 'colour-0' : 'plain' }, draw(trial)),
              ...numbersOf(trial).map(text => element('td', { class: 'number' }, text)),
            ];
      const freezes = freeze.length === 0 ? t('nothing') : freeze.join(', ');
      const name = isRecipe ? t('{0} (the recipe)', trains) : trains;
      return element(
        'tr',
        { class: index === take ? 'taken' : '' },
        element(
          'th',
          { scope: 'row' },
          index === take ? `${name} ✓` : name,
          ...(trial.epochs > 0 && problem !== undefined ? [element('p', { class: 'quiet' }, problem)] : []),
        ),
        ...cells,
        element('td', { class: 'number' }, ...(isRecipe ? [] : [this.write(index, t('Take'))])),
        element('td', { class: 'freezes', title: freezes }, freezes),
      );
    });
    const head = (text: string): HTMLElement => element('th', { scope: 'col', class: 'number' }, text);
    return scrolled(
      t('What was tried'),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, t('Trains')),
            element('td'),
            ...heads.map(head),
            element('td'),
            element('th', { scope: 'col' }, t('Freezes')),
          ),
        ),
        element('tbody', {}, ...rows),
      ),
    );
  }

  private write(index: number, label: string, primary = false): HTMLElement {
    const write = async (): Promise<void> => {
      try {
        await this.host.channel.request('writeTrial', index);
        setText(this.said, t('The recipe freezes it so now; Undo takes it back.'));
      } catch (error) {
        setText(this.said, (error as Error).message);
      }
    };
    return button(label, () => void write(), { primary });
  }
}

function numbersOf(trial: ComparedTrial): readonly string[] {
  const { accuracy, samples, onceSeconds, epochSeconds, p } = trial;
  return [
    percent(accuracy),
    intervalText(wilsonInterval(accuracy, samples)),
    timeText(onceSeconds),
    timeText(epochSeconds),
    p === null
      ? t('the best')
      : `${isAsGood(trial) ? t('cannot be told') : t('no')} (p = ${p.toPrecision(2)})`,
  ];
}
