import { t } from '../../src/protocol/language';
import { element } from '../elements';
import { ChartKey } from './chartKey';
import { lastEpoch, type RunCurves } from './curves';
import { LineChart, type ChartSeries } from './lineChart';
import { epochsOf, movedReading, nearestEpoch, readingText, type Measure } from './reading';
import { readoutOf } from './readout';
import { runStyle } from './runStyle';

export interface RunChartsContent {
  /** The first lies on top. */
  readonly runs: readonly RunCurves[];
  /** A run's number, which gives its look. */
  numberOf(folder: string): number;
  readonly logLoss: boolean;
  /** Said in the middle while there are no points. */
  readonly emptyText: string;
}

/** Loss and accuracy of runs by epoch: two charts with their key that are read together, by pointer and by keys. */
export class RunCharts {
  readonly element: HTMLElement;
  private readonly charts: Readonly<Record<Measure, LineChart>>;
  private readonly key = new ChartKey();
  private content: RunChartsContent | undefined;
  private reading: number | undefined;

  constructor() {
    const reads = {
      onPoint: (place: number | undefined) =>
        this.read(place === undefined ? undefined : nearestEpoch(epochsOf(this.runs), place)),
      onKey: (key: string) => this.moveReading(key),
    };
    this.charts = {
      loss: new LineChart({
        title: t('Loss by epoch'),
        readoutAt: 'top',
        format: value => String(Number(value.toPrecision(3))),
        floor: 0,
        ...reads,
      }),
      accuracy: new LineChart({
        title: t('Accuracy by epoch'),
        readoutAt: 'bottom',
        format: value => `${Number((100 * value).toPrecision(4))}%`,
        ceiling: 1,
        ...reads,
      }),
    };
    this.element = element(
      'div',
      { class: 'run-charts' },
      this.key.element,
      element('div', { class: 'charts' }, this.charts.loss.element, this.charts.accuracy.element),
    );
  }

  draw(content: RunChartsContent): void {
    this.content = content;
    const { runs, numberOf, logLoss, emptyText } = content;
    const { reading } = this;
    this.key.update(runs);
    const end = Math.max(1, ...runs.map(lastEpoch));
    const epoch = reading ?? epochsOf(runs).at(-1);
    for (const measure of ['loss', 'accuracy'] as const) {
      this.charts[measure].draw({
        series: runs.toReversed().flatMap(run => seriesOf(run, measure, numberOf(run.folder))),
        unfrozen: runs.flatMap(({ folder, unfrozen }) =>
          unfrozen ? [{ style: runStyle(numberOf(folder)), epochs: unfrozen }] : [],
        ),
        lastEpoch: end,
        log: measure === 'loss' && logLoss,
        reading,
        readingText: epoch === undefined ? t('No epoch yet') : readingText(runs, measure, epoch),
        readout: reading === undefined ? undefined : readoutOf(runs, measure, reading, numberOf),
        emptyText,
      });
    }
  }

  /** The SVG of a chart as it is on the screen, where nothing is being read. */
  image(measure: Measure): SVGSVGElement {
    this.read(undefined);
    return this.charts[measure].image;
  }

  private get runs(): readonly RunCurves[] {
    return this.content?.runs ?? [];
  }

  private read(epoch: number | undefined): void {
    if (epoch === this.reading) return;
    this.reading = epoch;
    if (this.content) this.draw(this.content);
  }

  private moveReading(key: string): boolean {
    if (key === 'Escape') {
      this.read(undefined);
      return true;
    }
    const to = movedReading(epochsOf(this.runs), this.reading, key);
    if (to !== undefined) this.read(to);
    return to !== undefined;
  }
}

function seriesOf({ points, best }: RunCurves, measure: Measure, number: number): readonly ChartSeries[] {
  const style = runStyle(number);
  return (['train', 'test'] as const).map(phase => ({
    phase,
    style,
    points: points.flatMap(point => {
      const value = point[phase]?.[measure];
      return value === undefined ? [] : [{ epoch: point.epoch, value }];
    }),
    best: phase === 'test' ? best?.epoch : undefined,
  }));
}
