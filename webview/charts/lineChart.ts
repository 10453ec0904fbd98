import { t } from '../../src/protocol/language';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { element, setAttribute, svg } from '../elements';
import { epochTicks, valueScale, valueTicks, type ValueScale } from './chartScales';
import type { RunStyle } from './runStyle';

export interface ChartSeries {
  readonly phase: 'train' | 'test';
  readonly style: RunStyle;
  /** By epoch, ascending. */
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
  /** The epoch to mark. */
  readonly best: number | undefined;
}

/** Epochs before which more layers of a run began to train. */
export interface UnfrozenEpochs {
  readonly style: RunStyle;
  readonly epochs: readonly number[];
}

export interface ChartContent {
  readonly series: readonly ChartSeries[];
  /** Epochs before which more layers began to train, of each run that has any. */
  readonly unfrozen: readonly UnfrozenEpochs[];
  /** The right end of the axis. */
  readonly lastEpoch: number;
  readonly log: boolean;
  /** The epoch that is being read. */
  readonly reading: number | undefined;
  /** What a screen reader says of the reading. */
  readonly readingText: string;
  /** What is shown beside the reading. */
  readonly readout: Node | undefined;
  /** Said in the middle of a chart without points. */
  readonly emptyText: string;
}

export interface ChartOptions {
  readonly title: string;
  /** Text of a tick. */
  format(value: number): string;
  /** Text of a tick of the other axis; the number itself unless told. */
  formatEpoch?(epoch: number): string;
  readonly floor?: number;
  readonly ceiling?: number;
  /** Where the values beside the reading hide the least. */
  readonly readoutAt: 'top' | 'bottom';
  /** The pointer is at that place of the epochs' axis; undefined: it has left. */
  onPoint(place: number | undefined): void;
  /** Returns whether the key was one that moves the reading. */
  onKey(key: string): boolean;
}

const MARGIN = { top: 10, right: 18, bottom: 26, left: 46 };
/** Of the word at a line where more layers begin to train. */
const UNFROZEN_WIDTH = 72;
/** Height of the mark that says the same where there are several runs. */
const UNFROZEN_MARK = 14;
/** Between the line that is read and the values beside it. */
const GAP = 14;
/** Markers closer than this many pixels are thinned out. */
const MARKER_EVERY = 9;

/** A chart of values over epochs, drawn as SVG in the size of its element. A slider to screen readers and keys. */
export class LineChart {
  readonly element: HTMLElement;
  private readonly plot: HTMLElement;
  private readonly drawing = svg('svg', { 'aria-hidden': 'true', class: 'drawing' });
  private readonly readout = element('div', { class: 'readout', 'aria-hidden': 'true' });
  private content: ChartContent | undefined;
  private places = scaleLinear();

  constructor(private readonly options: ChartOptions) {
    const { title } = options;
    this.plot = element(
      'div',
      {
        class: `plot readout-${options.readoutAt}`,
        role: 'slider',
        tabindex: 0,
        'aria-label': title,
        'aria-valuemin': 0,
      },
      this.drawing,
      this.readout,
    );
    this.element = element('figure', { class: 'chart' }, element('figcaption', {}, title), this.plot);
    this.plot.addEventListener('pointermove', event => {
      options.onPoint(this.places.invert(event.clientX - this.plot.getBoundingClientRect().left));
    });
    this.plot.addEventListener('pointerleave', () => options.onPoint(undefined));
    this.plot.addEventListener('blur', () => options.onPoint(undefined));
    this.plot.addEventListener('keydown', event => {
      if (options.onKey(event.key)) event.preventDefault();
    });
    new ResizeObserver(() => this.content && this.draw(this.content)).observe(this.plot);
  }

  /** The SVG as it is on the screen. */
  get image(): SVGSVGElement {
    return this.drawing;
  }

  draw(content: ChartContent): void {
    this.content = content;
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (width === 0 || height === 0) return;
    const { series, lastEpoch, log, reading } = content;
    const { floor, ceiling } = this.options;
    const right = width - MARGIN.right;
    const bottom = height - MARGIN.bottom;
    this.places = scaleLinear([0, Math.max(lastEpoch, 1)], [MARGIN.left, right]);
    const values = valueScale({
      values: series.flatMap(({ points }) => points.map(({ value }) => value)),
      ...{ log, floor, ceiling, range: [bottom, MARGIN.top] },
    });
    this.drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.drawing.setAttribute('width', String(width));
    this.drawing.setAttribute('height', String(height));
    this.drawing.replaceChildren(
      ...this.axes(values, lastEpoch, right, bottom),
      ...unfrozenMarks(content, this.places, right, bottom),
      ...bestLines(series, this.places, bottom),
      ...(reading === undefined ? [] : [vertical('cursor', this.places(reading), bottom)]),
      ...series.map(one => this.curve(one, values, log, reading)),
      ...(series.some(({ points }) => points.length > 0)
        ? []
        : [label('empty', (MARGIN.left + right) / 2, bottom / 2, content.emptyText)]),
    );
    this.read(content, width);
  }

  private axes(values: ValueScale, lastEpoch: number, right: number, bottom: number): readonly Node[] {
    const rows = valueTicks(values, Math.max(2, Math.round(bottom / 50))).map(tick => {
      const y = values(tick);
      return svg(
        'g',
        { class: 'row' },
        svg('path', { class: 'grid', d: `M${MARGIN.left},${crisp(y)}H${right}` }),
        label('tick end', MARGIN.left - 8, y + 4, this.options.format(tick)),
      );
    });
    const columns = epochTicks(lastEpoch, Math.max(2, Math.round((right - MARGIN.left) / 60))).map(tick =>
      label('tick middle', this.places(tick), bottom + 18, this.options.formatEpoch?.(tick) ?? String(tick)),
    );
    const axis = svg('path', { class: 'axis', d: `M${MARGIN.left},${crisp(bottom)}H${right}` });
    return [...rows, axis, ...columns];
  }

  private curve(
    { phase, style, points, best }: ChartSeries,
    values: ValueScale,
    log: boolean,
    reading: number | undefined,
  ): Node {
    const shown = points.filter(({ value }) => Number.isFinite(value) && (!log || value > 0));
    const path = line<(typeof shown)[number]>(
      ({ epoch }) => this.places(epoch),
      ({ value }) => values(value),
    );
    const [first, last] = [shown[0], shown.at(-1)];
    const span = first && last ? this.places(last.epoch) - this.places(first.epoch) : 0;
    const every = span > 0 ? Math.ceil((MARKER_EVERY * (shown.length - 1)) / span) : 1;
    const markers = shown.flatMap(({ epoch, value }, index) => {
      const [x, y] = [this.places(epoch), values(value)];
      const read = epoch === reading;
      const marked = index % every === 0 || index === shown.length - 1 || epoch === best || read;
      return [
        ...(epoch === best ? [svg('circle', { class: 'best', cx: x, cy: y, r: 8 })] : []),
        ...(marked
          ? [
              svg('path', {
                class: `marker ${phase}`,
                d: style.marker,
                transform: `translate(${x},${y})${read ? ' scale(1.35)' : ''}`,
              }),
            ]
          : []),
      ];
    });
    return svg(
      'g',
      { class: style.colourClass },
      svg('path', { class: `line ${phase}`, d: path(shown) ?? '' }),
      ...markers,
    );
  }

  private read({ reading, readingText, readout, lastEpoch }: ChartContent, width: number): void {
    this.plot.setAttribute('aria-valuemax', String(lastEpoch));
    this.plot.setAttribute('aria-valuenow', String(reading ?? lastEpoch));
    setAttribute(this.plot, 'aria-valuetext', readingText);
    this.readout.hidden = reading === undefined || !readout;
    if (reading === undefined || !readout) return;
    this.readout.replaceChildren(readout);
    const x = this.places(reading);
    const own = this.readout.offsetWidth;
    const left = x + GAP + own <= width || x < width / 2 ? x + GAP : x - GAP - own;
    this.readout.style.left = `${Math.min(Math.max(0, left), Math.max(0, width - own))}px`;
  }
}

/**
 * Where more layers began to train, between two epochs: of one run alone lines, with a word where there is room for it before
 * the next; of several runs short ones that stand on the axis, each in its run's colour, since lines would hide the curves.
 */
function unfrozenMarks(
  { unfrozen, series }: ChartContent,
  places: (epoch: number) => number,
  right: number,
  bottom: number,
): readonly Node[] {
  const placeOf = (epoch: number): number => places(epoch - 0.5);
  if (series.filter(({ phase }) => phase === 'test').length > 1) {
    return unfrozen.map(({ style, epochs }) =>
      svg(
        'g',
        { class: style.colourClass },
        ...epochs.map(epoch => vertical('unfrozen-mark', placeOf(epoch), bottom, bottom - UNFROZEN_MARK)),
      ),
    );
  }
  const lines = unfrozen.flatMap(({ epochs }) => epochs.map(placeOf));
  return lines.flatMap((x, index) => [
    vertical('unfrozen-line', x, bottom),
    ...((lines[index + 1] ?? right) - x < UNFROZEN_WIDTH
      ? []
      : [label('tick', x + 4, MARGIN.top + 10, t('more layers'))]),
  ]);
}

function bestLines(
  series: readonly ChartSeries[],
  places: (epoch: number) => number,
  bottom: number,
): readonly Node[] {
  const marked = series.filter(({ best }) => best !== undefined);
  // Lines of several runs would hide the curves.
  if (marked.length > 1) return [];
  return marked.flatMap(({ best, style }) =>
    best === undefined
      ? []
      : [svg('g', { class: style.colourClass }, vertical('best-line', places(best), bottom))],
  );
}

function vertical(name: string, x: number, bottom: number, top = MARGIN.top): Node {
  return svg('path', { class: name, d: `M${crisp(x)},${top}V${bottom}` });
}

function label(name: string, x: number, y: number, text: string): Node {
  return svg('text', { class: name, x, y }, text);
}

/** A line one pixel wide lies on one row of pixels. */
function crisp(place: number): number {
  return Math.round(place) + 0.5;
}
