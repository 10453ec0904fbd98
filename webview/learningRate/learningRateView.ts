import { t } from '../../src/protocol/language';
import type { TriedRate } from '../../src/protocol/learningRateEvent';
import type { LearningRateContent, LearningRateHost } from '../../src/protocol/pageMessages';
import { LineChart } from '../charts/lineChart';
import { movedReading, nearestEpoch } from '../charts/reading';
import { runStyle } from '../charts/runStyle';
import { button, element, setText } from '../elements';
import type { Host } from '../host';
import { lossText } from '../numbers';

/** The page: what was found, the loss over the logarithm of the learning rate, the numbers behind the chart. */
export class LearningRateView {
  readonly element = element('main', { class: 'page learning-rate' });
  private readonly status = element('p', { class: 'status', role: 'status' });
  private content: LearningRateContent | undefined;
  private reading: number | undefined;
  /** Power of ten that the axis begins with: a rate's place is how many powers of ten it is above. */
  private origin = 0;
  private readonly chart = new LineChart({
    title: t('Loss by learning rate'),
    readoutAt: 'top',
    format: value => String(Number(value.toPrecision(3))),
    formatEpoch: place => `1e${this.origin + place}`,
    onPoint: place => this.read(place === undefined ? undefined : nearestEpoch(this.places, place)),
    onKey: key => this.moveReading(key),
  });

  constructor(private readonly host: Host<object, LearningRateHost, LearningRateContent>) {}

  /** Asks what was found. */
  async fill(): Promise<void> {
    const content = await this.host.channel.request('hydrate');
    this.host.keep(content);
    const { recipe, tried, suggestion } = content;
    this.content = content;
    this.origin = Math.floor(Math.log10(tried[0]?.lr ?? 1) + 1e-9);
    setText(
      this.status,
      suggestion === null
        ? t('No learning rate lowers the loss: there is none to suggest.')
        : t('The loss falls most steeply at {0}.', suggestion),
    );
    const write = (rate: number): HTMLElement =>
      button(t('Write {0} into the Recipe', rate), () => void this.write(rate), { primary: true });
    this.element.replaceChildren(
      element(
        'header',
        {},
        element(
          'div',
          { class: 'heading' },
          element('h1', {}, t('Learning rate of {0}', recipe)),
          this.status,
        ),
        element('div', { class: 'toolbar' }, ...(suggestion === null ? [] : [write(suggestion)])),
      ),
      element('div', { class: 'charts' }, this.chart.element),
      element('details', {}, element('summary', {}, t('Data table')), table(tried)),
    );
    this.draw();
  }

  private async write(rate: number): Promise<void> {
    try {
      await this.host.channel.request('writeSuggestion');
      setText(this.status, t('The recipe has the learning rate {0} now; Undo takes it back.', rate));
    } catch (error) {
      setText(this.status, (error as Error).message);
    }
  }

  private get places(): readonly number[] {
    return (this.content?.tried ?? []).map(rate => this.placeOf(rate));
  }

  private placeOf({ lr }: Pick<TriedRate, 'lr'>): number {
    return Math.log10(lr) - this.origin;
  }

  private draw(): void {
    if (!this.content) return;
    const { tried, suggestion } = this.content;
    const { reading, places } = this;
    const read = tried[places.indexOf(reading ?? places.at(-1) ?? 0)];
    const text = read ? t('Learning rate {0}: loss {1}', rateText(read.lr), lossText(read.smoothedLoss)) : '';
    const best = suggestion === null ? undefined : nearestEpoch(places, this.placeOf({ lr: suggestion }));
    this.chart.draw({
      series: [
        {
          ...{ phase: 'test', style: runStyle(0), best },
          points: tried.map((rate, i) => ({ epoch: places[i]!, value: rate.smoothedLoss })),
        },
      ],
      unfrozen: [],
      ...{ lastEpoch: Math.ceil(places.at(-1) ?? 1), log: false, reading, readingText: text },
      readout: reading === undefined ? undefined : element('div', { class: 'epoch' }, text),
      emptyText: t('The loss ran away with the smallest learning rate.'),
    });
  }

  private read(place: number | undefined): void {
    if (place === this.reading) return;
    this.reading = place;
    this.draw();
  }

  private moveReading(key: string): boolean {
    const to = key === 'Escape' ? undefined : movedReading(this.places, this.reading, key);
    if (to !== undefined || key === 'Escape') this.read(to);
    return to !== undefined || key === 'Escape';
  }
}

function table(tried: readonly TriedRate[]): HTMLElement {
  const heads = [t('Learning rate'), t('Smoothed loss'), t('Loss of the batch')];
  return element(
    'table',
    { class: 'data' },
    element('caption', {}, t('Learning rates that were tried')),
    element(
      'thead',
      {},
      element('tr', {}, ...heads.map(text => element('th', { scope: 'col', class: 'number' }, text))),
    ),
    element(
      'tbody',
      {},
      ...tried.map(({ lr, loss, smoothedLoss }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', class: 'number' }, rateText(lr)),
          ...[smoothedLoss, loss].map(value => element('td', { class: 'number' }, lossText(value))),
        ),
      ),
    ),
  );
}

function rateText(lr: number): string {
  return lr.toPrecision(2);
}
