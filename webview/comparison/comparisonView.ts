import type {
  ComparisonContent,
  ComparisonHost,
  ComparisonPage,
} from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { isLive } from '../charts/curves';
import { dataTables } from '../charts/dataTable';
import { progressOf } from '../charts/progress';
import { RunCharts } from '../charts/runCharts';
import { RunsTable } from '../charts/runsTable';
import { button, checkbox, element, setText } from '../elements';
import { ErrorLine } from '../errorLine';
import type { Host } from '../host';
import { bestTable } from './bestTable';
import { ComparisonModel, type ComparisonState } from './comparisonModel';
import { differencesTable } from './differencesTable';
import { PairView } from './pairView';
import { parallelAxes } from './parallelAxes';
import { ParallelView } from './parallelView';

/** Fewer runs are told apart by the table of their recipes at a glance. */
const FEWEST_PARALLEL = 3;

/** The page: curves, recipes, best epochs and, of two of the runs, the pictures. */
export class ComparisonView {
  readonly element = element('main', { class: 'page comparison' });
  private readonly model: ComparisonModel;
  private filled = false;
  private frame: number | undefined;

  private readonly title = element('h1');
  private readonly status = element('p', { class: 'status' });
  private readonly said = element('p', { class: 'quiet', role: 'status' });
  private readonly error = new ErrorLine();
  private readonly charts = new RunCharts();
  private readonly runs: RunsTable;
  private readonly tables = element('section', { 'aria-label': t('Data table') });
  private readonly best = element('div');
  private readonly recipes = element('div');
  private readonly parallel: ParallelView;
  private readonly parallelPart: HTMLElement;
  private readonly pair: PairView;
  private readonly content: readonly HTMLElement[];

  constructor(private readonly host: Host<ComparisonPage, ComparisonHost, ComparisonState>) {
    const { channel, kept } = host;
    this.model = new ComparisonModel(kept);
    const openBestEpoch = (folder: string): void => channel.notify('openBestEpoch', folder);
    this.runs = new RunsTable({
      onChoose: (folder, show) => this.change(() => this.model.switch(folder, show)),
      onOpenBestEpoch: openBestEpoch,
    });
    this.parallel = new ParallelView(openBestEpoch);
    this.pair = new PairView(channel, {
      onPair: pair => this.change(() => this.model.choose(pair)),
      onWhich: which => this.change(() => (this.model.which = which)),
    });
    this.parallelPart = part('parallel', t('Recipes and results'), this.parallel.element);
    this.content = [
      element('header', {}, element('div', { class: 'heading' }, this.title, this.status), this.toolbar()),
      this.said,
      this.error.element,
      this.charts.element,
      this.runs.element,
      this.tables,
      this.parallelPart,
      part('best', t('Best epochs'), this.best),
      part('recipes', t('In what the recipes differ'), this.recipes),
      part('pair', t('Picture by picture'), this.pair.element),
    ];
  }

  /** Asks for the runs. */
  async fill(): Promise<void> {
    try {
      this.show(await this.host.channel.request('hydrate'));
    } catch (error) {
      this.element.replaceChildren(this.error.element);
      this.error.show(error);
    }
  }

  show(content: ComparisonContent): void {
    this.filled = true;
    this.change(() => this.model.fill(content));
  }

  append(folder: string, event: TrainingEvent): void {
    // What came before the page is filled is in what fills it.
    if (this.filled) this.change(() => this.model.append(folder, event));
  }

  /** Changes the model and draws with the next frame. */
  private change(act: () => void): void {
    act();
    this.host.keep(this.model.state);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private draw(): void {
    const { model } = this;
    const { runs, differences } = model.content;
    if (!this.title.isConnected) this.element.replaceChildren(...this.content);
    const names = runs.map(({ name }) => name);
    setText(
      this.title,
      names.length === 2 ? t('{0} and {1}', names[0]!, names[1]!) : t('{0} runs side by side', names.length),
    );
    this.drawStatus();
    this.drawCurves();
    this.best.replaceChildren(bestTable(runs, folder => model.numberOf(folder)));
    this.recipes.replaceChildren(differencesTable(names, differences));
    const isShown = runs.length >= FEWEST_PARALLEL && differences.length > 0;
    this.parallelPart.hidden = !isShown;
    if (isShown) this.parallel.update(runs, parallelAxes(runs, differences));
    this.pair.update(model);
  }

  private drawStatus(): void {
    const { curves, content } = this.model;
    const live = curves.filter(isLive);
    const [first] = live;
    const problems = content.runs.filter(({ run }) => !run).length;
    const texts = [
      ...(first ? [`${first.name}: ${progressOf(first).text}`] : []),
      ...(live.length > 1 ? [t('{0} are training or waiting', live.length)] : []),
      ...(problems > 0
        ? [problems === 1 ? t('one run folder is gone') : t('{0} run folders are gone', problems)]
        : []),
    ];
    setText(this.status, texts.join(' · ') || t('All {0} runs have ended', content.runs.length));
  }

  private drawCurves(): void {
    const { model } = this;
    const { curves, shown } = model;
    const numberOf = (folder: string): number => model.numberOf(folder);
    this.charts.draw({
      runs: shown,
      numberOf,
      logLoss: model.logLoss,
      emptyText: shown.length === 0 ? t('No run is switched on') : t('No epoch was finished'),
    });
    this.runs.update(curves, shown, numberOf);
    this.tables.className = model.table ? 'tables' : 'screen-reader-only';
    this.tables.replaceChildren(...dataTables(shown));
  }

  private toolbar(): HTMLElement {
    const { model } = this;
    const { channel } = this.host;
    const log = checkbox([t('Log scale')], model.logLoss, on => this.change(() => (model.logLoss = on)));
    const table = checkbox([t('Data table')], model.table, on => this.change(() => (model.table = on)));
    const copy = async (): Promise<string> => {
      await channel.request('copyReport');
      return t('The comparison is on the clipboard, as Markdown.');
    };
    const save = async (): Promise<string> =>
      (await channel.request('saveReport')) ? t('The report is saved.') : '';
    return element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': t('Comparison') },
      log.element,
      table.element,
      button(t('Copy as Markdown'), () => void this.attempt(copy)),
      button(t('Save Report'), () => void this.attempt(save)),
    );
  }

  private async attempt(act: () => Promise<string>): Promise<void> {
    try {
      this.error.clear();
      setText(this.said, '');
      setText(this.said, await act());
    } catch (error) {
      this.error.show(error);
    }
  }
}

function part(id: string, title: string, content: HTMLElement): HTMLElement {
  return element('section', { 'aria-labelledby': id }, element('h2', { id }, title), content);
}
