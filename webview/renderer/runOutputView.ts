import { t } from '../../src/protocol/language';
import type { MessageChannel } from '../../src/protocol/messageChannel';
import type {
  CellReport,
  CellRun,
  RendererHost,
  RendererPage,
  RunOutput,
} from '../../src/protocol/notebookOutput';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { percent } from '../../src/protocol/numberText';
import { isLive } from '../charts/curves';
import { dataTables } from '../charts/dataTable';
import { progressOf } from '../charts/progress';
import { RunCharts } from '../charts/runCharts';
import { element, setAttribute, setText } from '../elements';
import { ErrorLine } from '../errorLine';
import { bestEpochPart } from './bestEpochPart';
import { CellModel, type ShownRun } from './cellModel';
import { plainButton } from './plainButton';
import { factsList, runFacts } from './runFacts';
import { SweepTable } from './sweepTable';

type Channel = MessageChannel<RendererPage, RendererHost>;

/** Keys that act on what has the focus, and not on the notebook around it. */
const OWN_KEYS = /^(Enter| |Arrow.*|Home|End|Page.*)$/;

/**
 * A cell's output: what it says by itself at once, and live charts as soon as the extension answers. Its parts keep
 * their heights while points arrive.
 */
export class RunOutputView {
  readonly element = element('div');
  private readonly model = new CellModel();
  private frame: number | undefined;
  /** What the parts of the best epoch were drawn of. */
  private drawnReport: CellReport | undefined;
  private readonly watch: IntersectionObserver;

  private readonly body = element('div', { class: 'cell', role: 'group' });
  private readonly name = element('div', { class: 'title' });
  private readonly status = element('p', { class: 'status' });
  private readonly spoken = element('p', { class: 'screen-reader-only', role: 'status' });
  private readonly stop = plainButton(t('Stop'), () => this.stopRuns());
  private readonly resume = plainButton(t('Resume'), () => void this.resumeRuns(), {
    describe: t('Go on from where the run was cut off'),
  });
  private isResuming = false;
  private readonly bar = element('progress', { max: 1, 'aria-label': t('Progress of the run') });
  private readonly error = new ErrorLine();
  private readonly charts = new RunCharts();
  private readonly sweep = new SweepTable(folder => this.ask('openBestEpoch', folder));
  private readonly facts = element('dl', { class: 'numbers' });
  private readonly report = element('div', { class: 'report' });
  private readonly inspect = plainButton(t('Inspect'), () => this.askOfBest('openBestEpoch'), {
    primary: true,
    describe: t('Open the best epoch: all its pictures, classes and layers'),
  });
  private readonly export = plainButton(t('Export'), () => this.askOfBest('exportRun'), {
    describe: t('Export the best weights for use elsewhere'),
  });
  private readonly actions = element(
    'div',
    { class: 'buttons' },
    this.inspect,
    this.export,
    plainButton(t('Compare'), () => this.ask('compareRuns', this.folders), {
      describe: t('Compare: curves, recipes and mistakes side by side'),
    }),
    plainButton(t('Reveal Folder'), () => this.askOfBest('revealFolder'), {
      describe: t('Reveal the run folder'),
    }),
  );
  private readonly logText = element('pre', {
    class: 'scroll',
    role: 'region',
    tabindex: 0,
    'aria-label': t('Log'),
  });
  private readonly log = this.fold(t('Log'), this.logText);
  private readonly tables = element('div', {
    class: 'scroll tables',
    role: 'region',
    tabindex: 0,
    'aria-label': t('Data table'),
  });
  private readonly data = this.fold(t('Data table'), this.tables);

  /** Without a channel an output shows what it says by itself. */
  constructor(
    private readonly channel: Channel | undefined,
    style: CSSStyleSheet,
  ) {
    // Other outputs and the editor style the document that they share.
    const root = this.element.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [style];
    this.body.append(
      element(
        'div',
        { class: 'head' },
        element('div', { class: 'heading' }, this.name, this.status),
        this.stop,
        this.resume,
      ),
      ...[this.bar, this.spoken, this.error.element, this.facts, this.charts.element, this.sweep.element],
      ...[this.actions, this.report, this.log, this.data],
    );
    root.append(this.body);
    this.wearTheme();
    this.body.addEventListener('keydown', event => {
      if (OWN_KEYS.test(event.key) || event.defaultPrevented) event.stopPropagation();
    });
    let wasSeen = true;
    this.watch = new IntersectionObserver(entries => {
      const isSeen = entries.at(-1)!.isIntersecting;
      // While a notebook is hidden the extension does not tell it what is new.
      if (isSeen && !wasSeen) for (const { folder } of this.model.live) void this.hydrate(folder);
      wasSeen = isSeen;
    });
    this.watch.observe(this.element);
  }

  /** Takes the output's data, or newer ones. */
  show(output: RunOutput): void {
    this.model.show(output);
    if (this.channel)
      for (const { folder, source } of this.model.runs) if (source === 'output') void this.hydrate(folder);
    this.draw();
  }

  fill(run: CellRun): void {
    this.model.fill(run);
    this.drawSoon();
  }

  append(folder: string, event: TrainingEvent): void {
    this.model.append(folder, event);
    this.drawSoon();
  }

  /** Takes over the classes that tell the theme. */
  wearTheme(): void {
    const themes = [...document.body.classList].filter(name => name.startsWith('vscode-'));
    this.body.className = ['cell', ...themes].join(' ');
  }

  dispose(): void {
    this.watch.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.element.remove();
  }

  private get folders(): readonly string[] {
    return this.model.runs.flatMap(({ source, folder }) => (source === 'extension' ? [folder] : []));
  }

  private async hydrate(folder: string): Promise<void> {
    this.model.wait(folder);
    try {
      // One by one: that a folder is not there is no reason to show none.
      for (const run of await this.channel!.request('hydrate', [folder])) this.fill(run);
    } catch (error) {
      this.fill({ folder, run: undefined, report: undefined, isResumable: false });
      this.error.show(error);
    }
  }

  private ask<Name extends 'openBestEpoch' | 'exportRun' | 'revealFolder' | 'compareRuns' | 'openPicture'>(
    name: Name,
    ...params: Parameters<RendererHost[Name]>
  ): void {
    this.error.clear();
    void this.channel?.request(name, ...(params as never)).catch((error: unknown) => this.error.show(error));
  }

  private askOfBest(name: 'openBestEpoch' | 'exportRun' | 'revealFolder'): void {
    const folder = this.model.best?.folder ?? this.folders[0];
    if (folder !== undefined) this.ask(name, folder);
  }

  private stopRuns(): void {
    for (const { folder } of this.model.live) {
      this.model.setStopping(folder, true);
      void this.channel!.request('stop', folder).catch((error: unknown) => {
        this.model.setStopping(folder, false);
        this.error.show(error);
        this.drawSoon();
      });
    }
    this.drawSoon();
  }

  /** One after another, as they would train; the first that does not go on keeps the others. */
  private async resumeRuns(): Promise<void> {
    this.error.clear();
    this.isResuming = true;
    this.drawSoon();
    try {
      for (const { folder } of this.model.resumable) {
        if (!(await this.channel!.request('resume', folder))) break;
      }
    } catch (error) {
      this.error.show(error);
    }
    this.isResuming = false;
    this.drawSoon();
  }

  /** With the next frame. */
  private drawSoon(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private draw(): void {
    const { model, folders } = this;
    const { runs, live, curves } = model;
    const [first] = runs;
    const isSweep = runs.length > 1;
    const name = isSweep ? t('{0} runs', runs.length) : first!.name;
    setText(this.name, name);
    setAttribute(this.body, 'aria-label', t('Fine-tune: {0}', name));
    this.drawStatus();

    const isWaiting = runs.some(({ source }) => source === 'waiting');
    this.charts.element.hidden =
      !isWaiting && live.length === 0 && !curves.some(({ points }) => points.length > 0);
    this.charts.draw({
      runs: curves,
      numberOf: folder => model.numberOf(folder),
      logLoss: false,
      emptyText: emptyText(isWaiting, live.length > 0),
    });
    this.sweep.element.hidden = !isSweep;
    if (isSweep) this.sweep.update(model);
    this.facts.hidden = isSweep || !first!.curves;
    if (!isSweep) this.facts.replaceChildren(...factsList(runFacts(first!)));
    this.drawReport(isSweep);
    this.actions.hidden = folders.length === 0;
    setText(this.inspect, isSweep ? t('Inspect Best') : t('Inspect'));
    setText(this.export, isSweep ? t('Export Best') : t('Export'));
    this.inspect.disabled = this.export.disabled = !model.best;
    this.log.hidden = this.data.hidden = folders.length === 0;
    this.drawFolds();
  }

  private drawStatus(): void {
    const { live, resumable } = this.model;
    const text = statusText(this.model);
    setText(this.status, text);
    const wasHidden = this.stop.hidden;
    this.stop.hidden = live.length === 0 || !this.channel;
    this.stop.disabled = live.every(({ isStopping }) => isStopping);
    setText(this.stop, this.stop.disabled && live.length > 0 ? t('Stopping…') : t('Stop'));
    if (live.length === 0) setText(this.spoken, text);
    this.resume.hidden = resumable.length === 0;
    this.resume.disabled = this.isResuming;
    const next = this.resume.hidden ? this.inspect : this.resume;
    if (this.stop.hidden && !wasHidden && this.stop.matches(':focus')) next.focus();
    if (this.resume.hidden && this.resume.matches(':focus')) this.stop.focus();
    // Its place stays, so that nothing moves when a run ends.
    this.bar.classList.toggle('idle', live.length === 0);
    this.bar.ariaHidden = live.length === 0 ? 'true' : null;
    const share = live[0] && progressOf(live[0]).share;
    if (share === undefined && live.length > 0) this.bar.removeAttribute('value');
    else this.bar.value = share ?? 1;
  }

  private drawReport(isSweep: boolean): void {
    const { best, live } = this.model;
    const report = live.length === 0 ? best?.report : undefined;
    this.report.hidden = !report;
    if (report === this.drawnReport) return;
    this.drawnReport = report;
    if (!report || !best) {
      this.report.replaceChildren();
      return;
    }
    const { folder } = best;
    const parts = bestEpochPart(report, isSweep ? best.name : undefined, {
      onOpen: index => this.ask('openPicture', { folder, index }),
      explain: indices => this.channel!.request('explain', { folder, indices }),
    });
    this.report.replaceChildren(...parts);
  }

  private fold(title: string, content: HTMLElement): HTMLDetailsElement {
    const made = element('details', {}, element('summary', {}, title), content);
    made.addEventListener('toggle', () => this.drawFolds());
    return made;
  }

  /** What is folded away is not drawn. */
  private drawFolds(): void {
    const { runs, curves } = this.model;
    if (this.data.open) this.tables.replaceChildren(...dataTables(curves));
    if (!this.log.open) return;
    const { scrollTop, scrollHeight, clientHeight } = this.logText;
    setText(this.logText, logText(runs));
    // Follows the newest line, unless a person reads another.
    const followed = scrollTop + clientHeight >= scrollHeight - 4;
    this.logText.scrollTop = followed ? this.logText.scrollHeight : scrollTop;
  }
}

function statusText({ runs, curves, live, best }: CellModel): string {
  const [run] = live;
  if (run) return runs.length > 1 ? `${run.name}: ${progressOf(run).text}` : progressOf(run).text;
  const gone = runs.filter(({ source }) => source === 'gone').length;
  const missing =
    gone === 0 ? [] : [runs.length > 1 ? t('{0} run folders are gone', gone) : t('its run folder is gone')];
  if (runs.length === 1)
    return [runs[0]!.curves ? progressOf(curves[0]!).text : unknownText(runs[0]!), ...missing].join(' · ');
  const ended = curves.filter(run => !isLive(run)).length;
  const result = best ? [t('best {0} with {1}', percent(best.curves!.best!.accuracy), best.name)] : [];
  return [t('{0} of {1} have ended', ended, runs.length), ...result, ...missing].join(' · ');
}

function unknownText({ source }: ShownRun): string {
  return source === 'waiting' ? t('Reading the run') : t('It had not ended when the notebook was saved');
}

function emptyText(isWaiting: boolean, isLive: boolean): string {
  if (isWaiting) return t('Reading the run');
  return isLive ? t('The first epoch is on its way') : t('No epoch was finished');
}

function logText(runs: readonly ShownRun[]): string {
  if (runs.length === 1) return runs[0]!.log.text;
  return runs.map(({ name, log }) => `${name}\n${'='.repeat(name.length)}\n${log.text}`).join('\n\n\n');
}
