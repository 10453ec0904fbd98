import type { ExportFormat, PlotsHost, PlotsPage } from '../../src/protocol/pageMessages';
import { LineChart, type ChartSeries } from '../charts/lineChart';
import { runStyle, swatch } from '../charts/runStyle';
import { button, checkbox, element } from '../elements';
import type { Host } from '../host';
import { percent } from '../numbers';
import { isLive, lastEpoch, type RunCurves } from './curves';
import { dataTables } from './dataTable';
import { exportedContent } from './exportedContent';
import { PlotsModel, type PlotsState } from './plotsModel';
import { progressOf, type RunProgress } from './progress';
import { epochsOf, movedReading, nearestEpoch, readingText, type Measure } from './reading';
import { readoutOf } from './readout';
import { RunsTable } from './runsTable';

/** The page: title and progress, two charts that are read together, the runs, the numbers behind the charts. */
export class PlotsView {
  readonly element = element('main', { class: 'page plots' });
  private readonly model: PlotsModel;
  private logLoss: boolean;
  private showTable: boolean;
  private reading: number | undefined;
  private filled = false;
  /** What came before the page was filled: it may be newer than what fills it. */
  private early: ((model: PlotsModel) => void)[] = [];
  private frame: number | undefined;

  private readonly title = element('h1');
  private readonly status = element('p', { class: 'status' });
  private readonly bar = element('progress', { max: 1, 'aria-label': 'Progress of the run' });
  private readonly error = element('p', { class: 'error', role: 'alert', hidden: true });
  private readonly charts: Readonly<Record<Measure, LineChart>>;
  private readonly runs: RunsTable;
  private readonly tables = element('section', { 'aria-label': 'Data table' });
  private readonly content: readonly HTMLElement[];

  constructor(private readonly host: Host<PlotsPage, PlotsHost, PlotsState>) {
    const { kept, channel } = host;
    this.model = new PlotsModel(kept?.chosen);
    this.logLoss = kept?.logLoss ?? false;
    this.showTable = kept?.table ?? false;
    const reads = {
      onPoint: (place: number | undefined) =>
        this.read(place === undefined ? undefined : nearestEpoch(epochsOf(this.model.shown), place)),
      onKey: (key: string) => this.moveReading(key),
    };
    this.charts = {
      loss: new LineChart({
        title: 'Loss by epoch',
        readoutAt: 'top',
        format: value => String(Number(value.toPrecision(3))),
        floor: 0,
        ...reads,
      }),
      accuracy: new LineChart({
        title: 'Accuracy by epoch',
        readoutAt: 'bottom',
        format: value => percent(value, 0),
        ceiling: 1,
        ...reads,
      }),
    };
    this.runs = new RunsTable({
      onChoose: (folder, show) => this.change(model => model.choose(folder, show)),
      onOpenBestEpoch: folder => channel.notify('openBestEpoch', folder),
    });
    this.content = [
      element('header', {}, element('div', { class: 'heading' }, this.title, this.status), this.toolbar()),
      this.bar,
      this.error,
      element('div', { class: 'charts' }, this.charts.loss.element, this.charts.accuracy.element),
      key(),
      this.runs.element,
      this.tables,
    ];
  }

  /** Asks for all runs. */
  async fill(): Promise<void> {
    try {
      const { runs, show } = await this.host.channel.request('hydrate');
      this.filled = true;
      this.change(model => {
        if (show) model.chosen = show;
        model.fill(runs);
        this.early.forEach(act => act(model));
        this.early = [];
      });
    } catch (error) {
      this.filled = true;
      this.element.replaceChildren(...this.content);
      this.fail(error);
    }
  }

  /** Changes the model and draws with the next frame. */
  change(act: (model: PlotsModel) => void): void {
    if (!this.filled) {
      this.early.push(act);
      return;
    }
    act(this.model);
    this.host.keep({ chosen: this.model.chosen, logLoss: this.logLoss, table: this.showTable });
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private draw(): void {
    const { model } = this;
    if (model.runs.length === 0) {
      this.element.replaceChildren(this.invitation());
      return;
    }
    if (this.title.parentElement?.isConnected !== true) this.element.replaceChildren(...this.content);
    const [first, ...others] = model.shown;
    this.title.textContent = first
      ? `${first.name}${others.length > 0 ? ` and ${others.length} more` : ''}`
      : 'No run chosen';
    this.drawProgress();
    this.drawCharts();
    this.runs.update(model.runs, model.shown, folder => model.numberOf(folder));
    this.tables.className = this.showTable ? 'tables' : 'screen-reader-only';
    this.tables.replaceChildren(...dataTables(model.shown));
  }

  private drawProgress(): void {
    const { shown } = this.model;
    const run = shown.find(isLive) ?? shown[0];
    const progress = run && progressOf(run);
    this.status.textContent = statusText(shown, run, progress);
    this.bar.hidden = !run || !isLive(run);
    if (progress?.share === undefined) this.bar.removeAttribute('value');
    else this.bar.value = progress.share;
  }

  private drawCharts(): void {
    const { shown } = this.model;
    const end = Math.max(1, ...shown.map(lastEpoch));
    for (const measure of ['loss', 'accuracy'] as const) {
      const epoch = this.reading ?? epochsOf(shown).at(-1);
      this.charts[measure].draw({
        series: shown.toReversed().flatMap(run => this.seriesOf(run, measure)),
        lastEpoch: end,
        log: measure === 'loss' && this.logLoss,
        reading: this.reading,
        readingText: epoch === undefined ? 'No epoch yet' : readingText(shown, measure, epoch),
        readout:
          this.reading === undefined
            ? undefined
            : readoutOf(shown, measure, this.reading, folder => this.model.numberOf(folder)),
        emptyText: shown.some(isLive) ? 'The first epoch is on its way' : 'No epoch was finished',
      });
    }
  }

  private seriesOf({ folder, points, best }: RunCurves, measure: Measure): readonly ChartSeries[] {
    const style = runStyle(this.model.numberOf(folder));
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

  private read(epoch: number | undefined): void {
    if (epoch === this.reading) return;
    this.reading = epoch;
    this.drawCharts();
  }

  private moveReading(key: string): boolean {
    if (key === 'Escape') {
      this.read(undefined);
      return true;
    }
    const to = movedReading(epochsOf(this.model.shown), this.reading, key);
    if (to !== undefined) this.read(to);
    return to !== undefined;
  }

  private toolbar(): HTMLElement {
    const log = checkbox(['Log scale'], this.logLoss, checked => this.change(() => (this.logLoss = checked)));
    const table = checkbox(['Data table'], this.showTable, checked =>
      this.change(() => (this.showTable = checked)),
    );
    const formats = (['png', 'svg', 'csv'] as const).map(format =>
      button(format.toUpperCase(), () => void this.export(format), {
        describe: `Export as ${format.toUpperCase()}`,
      }),
    );
    return element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'Charts' },
      log.element,
      table.element,
      element('span', { class: 'label', 'aria-hidden': 'true' }, 'Export'),
      ...formats,
    );
  }

  private async export(format: ExportFormat): Promise<void> {
    try {
      this.error.hidden = true;
      this.read(undefined);
      const { shown } = this.model;
      const content = await exportedContent(
        format,
        shown,
        folder => this.model.numberOf(folder),
        this.charts,
      );
      const name = shown.length === 1 ? shown[0]!.name : 'runs';
      await this.host.channel.request('save', { format, name: name.slice(0, 100), content });
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.error.textContent = error instanceof Error ? error.message : String(error);
    this.error.hidden = false;
  }

  private invitation(): HTMLElement {
    const { channel } = this.host;
    return element(
      'section',
      { class: 'invitation' },
      element('h1', {}, 'No runs yet'),
      element(
        'p',
        {},
        'A fine-tune draws its loss and accuracy here while it trains. Start one from a recipe, or make a recipe for a folder of pictures.',
      ),
      element(
        'p',
        { class: 'buttons' },
        button('Start Fine-Tune', () => channel.notify('startFineTune'), { primary: true }),
        button('New Recipe', () => channel.notify('newRecipe')),
      ),
    );
  }
}

function statusText(
  shown: readonly RunCurves[],
  run: RunCurves | undefined,
  progress: RunProgress | undefined,
): string {
  if (!run || !progress) return 'Choose a run in the list below.';
  if (shown.length === 1) return progress.text;
  return isLive(run) ? `${run.name}: ${progress.text}` : `${shown.length} runs side by side`;
}

/** What the two kinds of line mean. */
function key(): HTMLElement {
  const style = { ...runStyle(0), colourClass: 'plain' };
  return element(
    'p',
    { class: 'key' },
    ...(['train', 'test'] as const).map(phase => element('span', {}, swatch(style, phase), phase)),
    element('span', {}, element('span', { class: 'ring', 'aria-hidden': 'true' }), 'best epoch'),
  );
}
