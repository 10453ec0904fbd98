import { t } from '../../src/protocol/language';
import { element, setAttribute, svg } from '../elements';
import { movedEnd, textAt, type Brush, type ParallelAxis } from './parallelAxes';

export interface ParallelChartOptions {
  /** A part of an axis was chosen; undefined: all of it. */
  onBrush(title: string, brush: Brush | undefined): void;
  /** The pointer is at a run's line; undefined: it has left. */
  onHover(run: number | undefined): void;
}

const MARGIN = { top: 34, bottom: 16, side: 90 };
/** How far from an axis a drag still chooses along it. */
const GRIP = 18;
/** A shorter drag is a click, which chooses all. */
const SHORTEST = 0.02;
const TICK_LENGTH = 22;

/** The drawing of parallel coordinates. Each axis has two ends that are sliders to screen readers and keys. */
export class ParallelChart {
  readonly element: HTMLElement;
  private readonly drawing = svg('svg', { class: 'drawing' });
  private readonly scenery = svg('g', { 'aria-hidden': 'true' });
  private readonly handles = svg('g');
  private axes: readonly ParallelAxis[] = [];
  private names: readonly string[] = [];
  private lines: readonly SVGGElement[] = [];
  private brushes: ReadonlyMap<string, Brush> = new Map();
  private chosen: ReadonlySet<number> = new Set();
  private ends: readonly (readonly [SVGGElement, SVGGElement])[] = [];
  private spans: readonly SVGPathElement[] = [];
  private lit: number | undefined;
  private drag: { readonly axis: number; readonly from: number } | undefined;

  constructor(private readonly options: ParallelChartOptions) {
    this.drawing.append(this.scenery, this.handles);
    this.element = element('div', { class: 'plot parallel-plot' }, this.drawing);
    this.drawing.addEventListener('pointerdown', event => this.begin(event));
    this.drawing.addEventListener('pointermove', event => this.move(event));
    this.drawing.addEventListener('pointerup', event => this.end(event));
    this.drawing.addEventListener('pointerleave', () => this.options.onHover(undefined));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Takes new axes; `names` are of the runs. */
  fill(axes: readonly ParallelAxis[], names: readonly string[]): void {
    this.axes = axes;
    this.names = names;
    this.spans = axes.map(() => svg('path', { class: 'span' }));
    this.ends = axes.map((_, index) => [this.handle(index, 0), this.handle(index, 1)] as const);
    this.handles.replaceChildren(...this.spans, ...this.ends.flat());
    this.draw();
  }

  /** Shows what is chosen on the axes, and which runs lie in it. */
  choose(brushes: ReadonlyMap<string, Brush>, chosen: ReadonlySet<number>): void {
    this.brushes = brushes;
    this.chosen = chosen;
    this.place();
  }

  highlight(run: number | undefined): void {
    this.lit = run;
    for (const [index, line] of this.lines.entries()) line.classList.toggle('lit', index === run);
    this.element.classList.toggle('has-lit', run !== undefined);
  }

  private get height(): number {
    return this.element.clientHeight - MARGIN.top - MARGIN.bottom;
  }

  private xOf(axis: number): number {
    const width = this.element.clientWidth - 2 * MARGIN.side;
    return Math.round(MARGIN.side + (axis / Math.max(1, this.axes.length - 1)) * width) + 0.5;
  }

  private yOf(place: number): number {
    return MARGIN.top + (1 - place) * this.height;
  }

  private placeAt(event: PointerEvent): number {
    const y = event.clientY - this.drawing.getBoundingClientRect().top;
    return Math.min(1, Math.max(0, 1 - (y - MARGIN.top) / this.height));
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0 || this.axes.length === 0) return;
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height }))
      this.drawing.setAttribute(name, String(value));
    this.lines = this.names.map((name, run) => this.line(name, run));
    this.scenery.replaceChildren(...this.lines, ...this.axes.map((axis, index) => this.axis(axis, index)));
    this.highlight(this.lit);
    this.place();
  }

  private axis({ title, ticks }: ParallelAxis, index: number): Node {
    const x = this.xOf(index);
    const isLast = index === this.axes.length - 1;
    return svg(
      'g',
      {},
      svg('path', { class: 'axis', d: `M${x},${this.yOf(1)}V${this.yOf(0)}` }),
      svg('text', { class: 'middle title', x, y: 16 }, shortened(title)),
      ...ticks.map(({ place, text }) =>
        svg(
          'text',
          { class: isLast ? 'tick' : 'tick end', x: x + (isLast ? 9 : -9), y: this.yOf(place) + 4 },
          shortened(text),
        ),
      ),
    );
  }

  private line(name: string, run: number): SVGGElement {
    let path = '';
    let broken = true;
    for (const [index, { places }] of this.axes.entries()) {
      const place = places[run];
      if (place !== undefined) path += `${broken ? 'M' : 'L'}${this.xOf(index)},${this.yOf(place)}`;
      broken = place === undefined;
    }
    const group = svg(
      'g',
      { class: 'run' },
      svg('path', { class: 'run-line', d: path }),
      svg('path', { class: 'hit', d: path }, svg('title', {}, name)),
    );
    const accuracy = this.axes.at(-1)!.places[run];
    group.style.setProperty('--share', String(accuracy ?? 0));
    group.classList.toggle('unknown', accuracy === undefined);
    group.addEventListener('pointerenter', () => this.options.onHover(run));
    group.addEventListener('pointerleave', () => this.options.onHover(undefined));
    return group;
  }

  /** Puts the ends of what is chosen where they belong. */
  private place(): void {
    for (const [run, line] of this.lines.entries()) line.classList.toggle('out', !this.chosen.has(run));
    for (const [index, axis] of this.axes.entries()) {
      const brush = this.brushOf(index);
      const x = this.xOf(index);
      this.spans[index]!.setAttribute('d', `M${x},${this.yOf(brush[1])}V${this.yOf(brush[0])}`);
      this.spans[index]!.classList.toggle('all', !this.brushes.has(axis.title));
      for (const which of [0, 1] as const) {
        const end = this.ends[index]![which];
        end.setAttribute('transform', `translate(${x},${this.yOf(brush[which])})`);
        end.setAttribute('aria-valuenow', brush[which].toFixed(3));
        setAttribute(end, 'aria-valuetext', textAt(axis, brush[which]));
      }
    }
  }

  private brushOf(axis: number): Brush {
    return this.brushes.get(this.axes[axis]!.title) ?? [0, 1];
  }

  private handle(axis: number, which: 0 | 1): SVGGElement {
    const { title } = this.axes[axis]!;
    const made = svg(
      'g',
      {
        ...{ class: 'brush-end', role: 'slider', tabindex: 0, 'aria-orientation': 'vertical' },
        ...{ 'aria-valuemin': 0, 'aria-valuemax': 1, 'aria-valuenow': which },
        'aria-label': which === 0 ? t('Lower end of {0}', title) : t('Upper end of {0}', title),
      },
      svg('path', { d: which === 0 ? 'M-6,0h12l-6,7z' : 'M-6,0h12l-6,-7z' }),
    );
    made.addEventListener('keydown', event => {
      if (event.key === 'Escape' || event.key === 'Delete') {
        this.options.onBrush(title, undefined);
      } else {
        const brush = this.brushOf(axis);
        const to = movedEnd(this.axes[axis]!, brush[which], event.key);
        if (to === undefined) return;
        this.choosePart(
          axis,
          which === 0 ? [Math.min(to, brush[1]), brush[1]] : [brush[0], Math.max(to, brush[0])],
        );
      }
      event.preventDefault();
    });
    return made;
  }

  private choosePart(axis: number, brush: Brush): void {
    const isAll = brush[0] <= 0 && brush[1] >= 1;
    this.options.onBrush(this.axes[axis]!.title, isAll ? undefined : brush);
  }

  private begin(event: PointerEvent): void {
    const x = event.clientX - this.drawing.getBoundingClientRect().left;
    const axis = this.axes.findIndex((_, index) => Math.abs(this.xOf(index) - x) <= GRIP);
    if (axis < 0) return;
    this.drag = { axis, from: this.placeAt(event) };
    this.drawing.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  private move(event: PointerEvent): void {
    if (!this.drag) return;
    const { axis, from } = this.drag;
    const to = this.placeAt(event);
    if (Math.abs(to - from) >= SHORTEST) this.choosePart(axis, [Math.min(from, to), Math.max(from, to)]);
  }

  private end(event: PointerEvent): void {
    if (!this.drag) return;
    const { axis, from } = this.drag;
    this.drag = undefined;
    if (Math.abs(this.placeAt(event) - from) < SHORTEST)
      this.options.onBrush(this.axes[axis]!.title, undefined);
  }
}

function shortened(text: string): string {
  return text.length <= TICK_LENGTH ? text : `${text.slice(0, TICK_LENGTH - 1)}…`;
}
