import type { ComparedRun } from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import { button, element, scrolled, setText } from '../elements';
import { counted } from '../numbers';
import { isChosen, type Brush, type ParallelAxis } from './parallelAxes';
import { ParallelChart } from './parallelChart';

/**
 * Runs as lines across an axis for each field that differs, coloured by their accuracy. Parts of the axes can be chosen; the
 * table below lists the runs that lie in them, the best first.
 */
export class ParallelView {
  readonly element: HTMLElement;
  private readonly brushes = new Map<string, Brush>();
  private readonly status = element('p', { class: 'quiet', role: 'status' });
  private readonly reset = button(t('All Runs'), () => this.brush());
  private readonly chart = new ParallelChart({
    onBrush: (title, brush) => this.brush(title, brush),
    onHover: run => this.highlight(run),
  });
  private readonly head = element('tr');
  private readonly body = element('tbody');
  private rows: ReadonlyMap<number, HTMLElement> = new Map();
  private runs: readonly ComparedRun[] = [];
  private axes: readonly ParallelAxis[] = [];
  /** What is drawn: nothing that a person is at is drawn anew without reason. */
  private drawn = '';

  constructor(private readonly onOpen: (folder: string) => void) {
    this.element = element(
      'div',
      { class: 'parallel' },
      element('div', { class: 'row' }, this.status, this.reset),
      this.chart.element,
      scrolled(
        t('Runs in the chosen parts'),
        element('table', {}, element('thead', {}, this.head), this.body),
      ),
    );
  }

  update(runs: readonly ComparedRun[], axes: readonly ParallelAxis[]): void {
    this.runs = runs;
    this.axes = axes;
    const key = JSON.stringify([runs.map(({ folder, name }) => [folder, name]), axes]);
    if (key === this.drawn) return;
    this.drawn = key;
    for (const title of this.brushes.keys()) {
      if (!axes.some(axis => axis.title === title)) this.brushes.delete(title);
    }
    this.head.replaceChildren(
      ...[t('Run'), ...axes.map(({ title }) => title)].map((text, column) =>
        element('th', { scope: 'col', class: column === 0 ? '' : 'number' }, text),
      ),
    );
    this.chart.fill(
      axes,
      runs.map(({ name }) => name),
    );
    this.draw();
  }

  private brush(title?: string, brush?: Brush): void {
    if (title === undefined) this.brushes.clear();
    else if (brush) this.brushes.set(title, brush);
    else this.brushes.delete(title);
    this.draw();
  }

  private draw(): void {
    const { axes, brushes, runs } = this;
    const accuracy = (run: number): number => runs[run]!.best?.accuracy ?? -1;
    const chosen = [...runs.keys()]
      .filter(run => isChosen(axes, brushes, run))
      .sort((a, b) => accuracy(b) - accuracy(a));
    this.chart.choose(brushes, new Set(chosen));
    this.reset.hidden = brushes.size === 0;
    setText(
      this.status,
      brushes.size === 0
        ? t('Drag along an axis, or move its two ends by the arrow keys, to choose runs.')
        : t(
            '{0} of {1} in what is chosen.',
            counted(chosen.length, t('{0} run'), t('{0} runs')),
            runs.length,
          ),
    );
    this.rows = new Map(chosen.map(run => [run, this.row(run)]));
    this.body.replaceChildren(...this.rows.values());
  }

  private row(run: number): HTMLElement {
    const { name, folder } = this.runs[run]!;
    const open = element(
      'button',
      { class: 'sort', type: 'button', title: t('Open the best epoch of {0}', name) },
      name,
    );
    open.addEventListener('click', () => this.onOpen(folder));
    const row = element(
      'tr',
      {},
      element('th', { scope: 'row' }, open),
      ...this.axes.map(({ texts }) => element('td', { class: 'number' }, texts[run]!)),
    );
    for (const event of ['pointerenter', 'focusin']) row.addEventListener(event, () => this.highlight(run));
    for (const event of ['pointerleave', 'focusout'])
      row.addEventListener(event, () => this.highlight(undefined));
    return row;
  }

  private highlight(run: number | undefined): void {
    this.chart.highlight(run);
    for (const [other, row] of this.rows) row.classList.toggle('lit', other === run);
  }
}
