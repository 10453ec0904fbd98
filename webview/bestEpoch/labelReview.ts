import { t } from '../../src/protocol/language';
import type { CorrectedLabels, LabelCorrection } from '../../src/protocol/pageMessages';
import { element, setText } from '../elements';
import { ErrorLine } from '../errorLine';
import { countedPictures } from '../numbers';
import type { PictureCard } from '../report/pictureCard';
import { ToggleButton } from '../report/toggleButton';

export interface LabelReviewOptions {
  /** Whether it was done: a person may change their mind. */
  correct(correction: LabelCorrection): Promise<boolean>;
  /** Takes back the last correction; the number of its picture. */
  undoCorrection(): Promise<number | undefined>;
}

/** A card in the list, and what can be done about its picture's label. */
interface Item {
  readonly element: HTMLElement;
  readonly card: PictureCard;
  readonly mark: HTMLElement;
  readonly actions: HTMLElement;
  readonly restore: HTMLButtonElement;
}

/** Correcting the labels of pictures by keys or buttons: what is said goes to a file that the next run heeds. */
export class LabelReview {
  private readonly toggle = new ToggleButton(
    t('Correct Labels'),
    () => this.draw(),
    t('Give pictures another class, or leave them out: the most confident mistakes may have wrong labels'),
  );
  private readonly undo = element('button', { type: 'button', class: 'toggle' }, t('Undo'));
  private readonly status = element('span', { class: 'quiet', role: 'status' });
  private readonly help = element('p', { class: 'quiet' });
  private readonly error = new ErrorLine();
  readonly element = element(
    'div',
    { class: 'label-review' },
    element('div', { class: 'heat-row' }, this.toggle.element, this.undo, this.status),
    this.help,
    this.error.element,
  );
  private items: readonly Item[] = [];

  constructor(
    private labels: CorrectedLabels,
    private readonly options: LabelReviewOptions,
  ) {
    this.undo.addEventListener('click', () => void this.takeBack());
    this.draw();
  }

  get isOn(): boolean {
    return this.toggle.pressed;
  }

  set isOn(on: boolean) {
    this.toggle.pressed = on;
    this.draw();
  }

  /** A card with what can be done about its label. */
  card(card: PictureCard): HTMLElement {
    const { index, image } = card.picture;
    const mark = element('p', { class: 'corrected' });
    const name = image.split('/').at(-1)!;
    const action = (label: string, act: LabelCorrection['act']): HTMLButtonElement => {
      const made = element(
        'button',
        { type: 'button', class: 'toggle', 'aria-label': `${label} ${name}` },
        label,
      );
      made.addEventListener('click', () => void this.correct({ index, act }));
      return made;
    };
    const restore = action(t('Restore'), 'restore');
    const actions = element(
      'div',
      { class: 'actions' },
      action(t('Relabel'), 'relabel'),
      action(t('Exclude'), 'exclude'),
      restore,
    );
    const made = element('div', {}, card.element, mark, actions);
    made.addEventListener('keydown', event => this.onKey(event, index));
    this.items = [...this.items, { element: made, card, mark, actions, restore }];
    return made;
  }

  /** The cards are there. */
  show(): void {
    this.items = this.items.filter(item => item.element.isConnected);
    this.draw();
  }

  /** Takes what the file says now. */
  update(labels: CorrectedLabels): void {
    this.labels = labels;
    this.draw();
  }

  private draw(): void {
    const { file, problem, pictures, canUndo } = this.labels;
    const on = this.isOn;
    this.undo.hidden = !on || problem !== undefined;
    this.undo.disabled = !canUndo;
    this.help.hidden = !on;
    setText(
      this.help,
      problem ??
        t(
          'Keys on a picture: R relabel, X exclude, U restore, arrows for the next. {0} keeps it; the images stay as they are, and the next run heeds it.',
          file,
        ),
    );
    const count = pictures.length;
    setText(this.status, on && count > 0 ? t('{0} here corrected in {1}', countedPictures(count), file) : '');
    const corrected = new Map(pictures.map(({ index, label }) => [index, label]));
    for (const { card, mark, actions, restore } of this.items) {
      const label = corrected.get(card.picture.index);
      mark.hidden = label === undefined;
      setText(mark, label === '' ? t('excluded from the next run') : t('relabelled {0}', label ?? ''));
      actions.hidden = !on || problem !== undefined;
      restore.hidden = label === undefined;
    }
  }

  private onKey(event: KeyboardEvent, index: number): void {
    if (!this.isOn || event.ctrlKey || event.metaKey || event.altKey) return;
    const work = this.workOf(event.key, index);
    if (!work) return;
    event.preventDefault();
    void work();
  }

  private workOf(key: string, index: number): (() => unknown) | undefined {
    const correct = (act: LabelCorrection['act'], then: number) => async (): Promise<void> => {
      if (await this.correct({ index, act })) this.focus(index, then);
    };
    switch (key.toLowerCase()) {
      case 'r':
        return correct('relabel', 1);
      case 'x':
      case 'delete':
        return correct('exclude', 1);
      case 'u':
        return correct('restore', 0);
      case 'arrowright':
      case 'arrowdown':
        return () => this.focus(index, 1);
      case 'arrowleft':
      case 'arrowup':
        return () => this.focus(index, -1);
      default:
        return undefined;
    }
  }

  private async correct(correction: LabelCorrection): Promise<boolean> {
    return (await this.attempt(() => this.options.correct(correction))) ?? false;
  }

  private async takeBack(): Promise<void> {
    const index = await this.attempt(() => this.options.undoCorrection());
    if (index !== undefined) this.focus(index, 0);
  }

  /** What an act gives; undefined where it failed, which is then shown. */
  private async attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    this.error.clear();
    try {
      return await act();
    } catch (error) {
      this.error.show(error);
      return undefined;
    }
  }

  private focus(index: number, by: number): void {
    const at = this.items.findIndex(({ card }) => card.picture.index === index);
    this.items[at + by]?.card.element.focus();
  }
}
