import type {
  ComparedPicture,
  ComparisonHost,
  ComparisonPage,
  PairContent,
  PairFilter,
  PairsQuery,
  RunPair,
} from '../../src/protocol/comparisonMessages';
import { pairFilters } from '../../src/protocol/comparisonMessages';
import { numberText, t } from '../../src/protocol/language';
import type { MessageChannel } from '../../src/protocol/messageChannel';
import { element, setText } from '../elements';
import { countedPictures } from '../numbers';
import { MatrixGrid } from '../report/matrixGrid';
import { PagedCards } from '../report/pagedCards';
import { linedCard } from '../report/pictureCard';
import type { ComparisonModel } from './comparisonModel';
import { differenceMatrix } from './differenceMatrix';

export interface PairViewOptions {
  onPair(pair: RunPair): void;
  onWhich(which: PairsQuery): void;
}

/** With more classes the pictures do not fit beside the matrix. */
const MANY_CLASSES = 10;
const MOST_CLASSES = 60;
const MOST_LISTED = 50;

/** Two of the runs picture by picture: A and B. */
export class PairView {
  readonly element = element('div', { class: 'pair' });
  private readonly first = element('select', { id: 'pair-a' });
  private readonly second = element('select', { id: 'pair-b' });
  private readonly said = element('p', { class: 'said', 'aria-live': 'polite' });
  private readonly columns = element('div', { class: 'columns' });
  private readonly gallery = element('h3', { id: 'pair-pictures', 'aria-live': 'polite' });
  private readonly filters = new Map(pairFilters.map(filter => [filter, this.filterButton(filter)]));
  private readonly cards: PagedCards<PairsQuery, ComparedPicture>;
  private matrix: MatrixGrid | undefined;
  private content: PairContent | undefined;
  private pair: RunPair | undefined;
  /** Of what was asked for: what is shown stays while that is the same. */
  private key = '';
  private which: PairsQuery = 'differ';

  constructor(
    private readonly channel: MessageChannel<ComparisonPage, ComparisonHost>,
    private readonly options: PairViewOptions,
  ) {
    const choose = (): void => options.onPair({ first: this.first.value, second: this.second.value });
    for (const select of [this.first, this.second]) select.addEventListener('change', choose);
    this.cards = new PagedCards<PairsQuery, ComparedPicture>({
      find: (which, from) => channel.request('pictures', { runs: this.pair!, which, from }),
      card: picture => this.card(picture),
      onShow: (which, total) => setText(this.gallery, this.titleOf(which, total)),
    });
  }

  update(model: ComparisonModel): void {
    const { pair, judged } = model;
    if (!pair) {
      this.key = '';
      const text = t('Two of the runs need a best epoch before they can be compared picture by picture.');
      this.element.replaceChildren(element('p', { class: 'quiet' }, text));
      return;
    }
    fillSelect(this.first, judged, pair.first);
    fillSelect(this.second, judged, pair.second);
    const best = (folder: string): unknown => judged.find(run => run.folder === folder)?.best;
    const key = JSON.stringify([pair, best(pair.first), best(pair.second)]);
    if (key === this.key) {
      if (this.content && !isSame(model.which, this.which)) this.showPictures(model.which);
      return;
    }
    this.key = key;
    this.pair = pair;
    this.which = model.which;
    if (!this.said.isConnected) this.element.replaceChildren(this.choice(), this.said, this.columns);
    void this.load(key, pair);
  }

  private async load(key: string, pair: RunPair): Promise<void> {
    try {
      const content = await this.channel.request('pair', pair);
      if (key === this.key) this.show(content);
    } catch (error) {
      if (key !== this.key) return;
      this.content = undefined;
      setText(this.said, error instanceof Error ? error.message : String(error));
      this.columns.replaceChildren();
    }
  }

  private show(content: PairContent): void {
    this.content = content;
    const { said, pictures, counts, difference } = content;
    setText(this.said, said);
    this.columns.replaceChildren();
    if (pictures === 0) return;
    this.matrix = new MatrixGrid(differenceMatrix(difference, MOST_LISTED), {
      mostClasses: MOST_CLASSES,
      onChoose: cell => this.options.onWhich(cell),
    });
    for (const [filter, filterButton] of this.filters)
      setText(filterButton, `${filterWord(filter)} (${numberText(counts[filter])})`);
    const title = element('h3', { id: 'pair-matrix' }, t('Confusion matrix of B less that of A'));
    this.columns.classList.toggle('many', difference.classes.length > MANY_CLASSES);
    this.columns.append(
      element('section', { 'aria-labelledby': 'pair-matrix' }, title, this.matrix.element),
      element(
        'section',
        { 'aria-labelledby': 'pair-pictures' },
        this.gallery,
        element(
          'div',
          { class: 'filters', role: 'group', 'aria-label': t('Which pictures') },
          ...this.filters.values(),
        ),
        this.cards.element,
      ),
    );
    const isThere = typeof this.which === 'string' || this.which.label < difference.classes.length;
    this.showPictures(isThere ? this.which : 'differ');
  }

  private showPictures(which: PairsQuery): void {
    this.which = which;
    for (const [filter, filterButton] of this.filters)
      filterButton.setAttribute('aria-pressed', String(filter === which));
    this.matrix?.select(typeof which === 'string' ? undefined : which);
    void this.cards.show(which);
  }

  private titleOf(which: PairsQuery, total: number): string {
    const count = countedPictures(total);
    if (typeof which === 'object') {
      const { classes } = this.content!.difference;
      return t(
        '{0} of {1} that one alone takes for {2}',
        count,
        classes[which.label]!,
        classes[which.predicted]!,
      );
    }
    return {
      differ: t('{0} on which they differ', count),
      onlyFirst: t('{0} that A alone recognizes', count),
      onlySecond: t('{0} that B alone recognizes', count),
      bothWrong: t('{0} that neither recognizes', count),
    }[which];
  }

  private card(picture: ComparedPicture): HTMLElement {
    const { label, first, second } = picture;
    const runs = this.pair!;
    const said = (what: string, { predicted, probability }: ComparedPicture['first']) => ({
      ...{ what, name: predicted, probability, isRight: predicted === label },
    });
    return linedCard(
      picture,
      [{ what: t('is'), name: label, isRight: true }, said('A', first), said('B', second)],
      () => this.cards.attempt(this.channel.request('openPicture', { runs, index: first.index })),
    );
  }

  private filterButton(filter: PairFilter): HTMLButtonElement {
    const made = element('button', { class: 'filter', type: 'button' });
    made.addEventListener('click', () => this.options.onWhich(filter));
    return made;
  }

  private choice(): HTMLElement {
    return element(
      'div',
      { class: 'choice' },
      element('label', { for: 'pair-a' }, 'A'),
      this.first,
      element('label', { for: 'pair-b' }, 'B'),
      this.second,
    );
  }
}

function filterWord(filter: PairFilter): string {
  const words: Record<PairFilter, string> = {
    differ: t('They differ'),
    onlyFirst: t('A right, B wrong'),
    onlySecond: t('B right, A wrong'),
    bothWrong: t('Both wrong'),
  };
  return words[filter];
}

function fillSelect(select: HTMLSelectElement, runs: ComparisonModel['judged'], chosen: string): void {
  const texts = runs.map(({ folder, name }) => `${folder}\n${name}`);
  const known = [...select.options].map(({ value, text }) => `${value}\n${text}`);
  // A list that is open closes where it is filled anew.
  if (texts.join('\n') !== known.join('\n')) {
    select.replaceChildren(...runs.map(({ folder, name }) => element('option', { value: folder }, name)));
  }
  select.value = chosen;
}

function isSame(which: PairsQuery, other: PairsQuery): boolean {
  return JSON.stringify(which) === JSON.stringify(other);
}
