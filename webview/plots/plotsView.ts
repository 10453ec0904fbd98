import { t } from '../../src/protocol/language';
import type { ExportFormat, PlotsHost, PlotsPage } from '../../src/protocol/pageMessages';
import { isLive, type RunCurves } from '../charts/curves';
import { dataTables } from '../charts/dataTable';
import { progressOf, type RunProgress } from '../charts/progress';
import { RunCharts } from '../charts/runCharts';
import { RunsTable } from '../charts/runsTable';
import { button, checkbox, element, setText } from '../elements';
import { ErrorLine } from '../errorLine';
import type { Host } from '../host';
import { exportedContent } from './exportedContent';
import { PlotsModel, type PlotsState } from './plotsModel';

/** The page: title and progress, two charts that are read together, the runs, the numbers behind the charts. */
export class PlotsView {
  readonly element = element('main', { class: 'page plots' });
  private readonly model: PlotsModel;
  private logLoss: boolean;
  private showTable: boolean;
  private filled = false;
  /** What came before the page was filled: it may be newer than what fills it. */
  private early: ((model: PlotsModel) => void)[] = [];
  private frame: number | undefined;

  private readonly title = element('h1');
  private readonly status = element('p', { class: 'status' });
  private readonly bar = element('progress', { max: 1, 'aria-label': t('Progress of the run') });
  private readonly error = new ErrorLine();
  private readonly charts = new RunCharts();
  private readonly runs: RunsTable;
  private readonly tables = element('section', { 'aria-label': t('Data table') });
  private readonly content: readonly HTMLElement[];

  constructor(private readonly host: Host<PlotsPage, PlotsHost, PlotsState>) {
    const { kept, channel } = host;
    this.model = new PlotsModel(kept?.chosen);
    this.logLoss = kept?.logLoss ?? false;
    this.showTable = kept?.table ?? false;
    this.runs = new RunsTable({
      onChoose: (folder, show) => this.change(model => model.choose(folder, show)),
      onOpenBestEpoch: folder => channel.notify('openBestEpoch', folder),
    });
    this.content = [
      element('header', {}, element('div', { class: 'heading' }, this.title, this.status), this.toolbar()),
      this.bar,
      this.error.element,
      this.charts.element,
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
      this.error.show(error);
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
    setText(this.title, first ? titleOf(first.name, others.length) : t('No run chosen'));
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
    setText(this.status, statusText(shown, run, progress));
    this.bar.hidden = !run || !isLive(run);
    if (progress?.share === undefined) this.bar.removeAttribute('value');
    else this.bar.value = progress.share;
  }

  private drawCharts(): void {
    const { shown } = this.model;
    this.charts.draw({
      runs: shown,
      numberOf: folder => this.model.numberOf(folder),
      logLoss: this.logLoss,
      emptyText: shown.some(isLive) ? t('The first epoch is on its way') : t('No epoch was finished'),
    });
  }

  private toolbar(): HTMLElement {
    const log = checkbox([t('Log scale')], this.logLoss, checked =>
      this.change(() => (this.logLoss = checked)),
    );
    const table = checkbox([t('Data table')], this.showTable, checked =>
      this.change(() => (this.showTable = checked)),
    );
    const formats = (['png', 'svg', 'csv'] as const).map(format =>
      button(format.toUpperCase(), () => void this.export(format), {
        describe: t('Export as {0}', format.toUpperCase()),
      }),
    );
    return element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': t('Charts') },
      log.element,
      table.element,
      element('span', { class: 'label', 'aria-hidden': 'true' }, t('Export')),
      ...formats,
    );
  }

  private async export(format: ExportFormat): Promise<void> {
    try {
      this.error.clear();
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
      this.error.show(error);
    }
  }

  private invitation(): HTMLElement {
    const { channel } = this.host;
    return element(
      'section',
      { class: 'invitation' },
      element('h1', {}, t('No runs yet')),
      element(
        'p',
        {},
        t(
          'A fine-tune draws its loss and accuracy here while it trains. Start one from a recipe, or make a recipe for a folder of pictures.',
        ),
      ),
      element(
        'p',
        { class: 'buttons' },
        button(t('Start Fine-Tune'), () => channel.notify('startFineTune'), { primary: true }),
        button(t('New Recipe'), () => channel.notify('newRecipe')),
      ),
    );
  }
}

function titleOf(name: string, others: number): string {
  return others > 0 ? t('{0} and {1} more', name, others) : name;
}

function statusText(
  shown: readonly RunCurves[],
  run: RunCurves | undefined,
  progress: RunProgress | undefined,
): string {
  if (!run || !progress) return t('Choose a run in the list below.');
  if (shown.length === 1) return progress.text;
  return isLive(run) ? `${run.name}: ${progress.text}` : t('{0} runs side by side', shown.length);
}
