import * as vscode from 'vscode';
import { readComparedRun, type ReadRun } from '../../core/report/comparedRun';
import { namesApart } from '../../core/report/namesApart';
import { recipeDifferences } from '../../core/report/recipeDifferences';
import { nameInFolder } from '../../core/run/runRecord';
import { UserError } from '../../core/userError';
import {
  comparisonHostChecks,
  type ComparedRun,
  type ComparisonContent,
  type ComparisonHost,
  type ComparisonPage,
  type RecipeDifference,
  type RunPair,
} from '../../protocol/comparisonMessages';
import { printableName } from '../../protocol/printable';
import { reportOf } from '../reportOf';
import { shownDataFolder } from '../runPictures';
import { showPicture } from '../showPicture';
import { saveAs } from '../saveAs';
import { plottedRun } from '../training/plottedRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { WebviewPage } from '../webviewPage';
import { ComparedPair } from './comparedPair';

/** After a new best epoch its files follow. */
const READ_AFTER_MS = 300;

/** The panel of some runs side by side. What it shows is in their folders; those that are live are followed. */
export class ComparisonPanel implements vscode.Disposable {
  private readonly page: WebviewPage<ComparisonHost, ComparisonPage>;
  /** What was read, by folder. */
  private readonly read = new Map<string, ReadRun>();
  /** The folders to read again. */
  private readonly stale: Set<string>;
  private pair: { readonly key: string; readonly read: Promise<ComparedPair> } | undefined;
  private loading: Promise<void> = Promise.resolve();
  private roots: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly folders: readonly string[],
    extensionUri: vscode.Uri,
    private readonly runs: TrainingRuns,
  ) {
    this.stale = new Set(folders);
    this.page = new WebviewPage<ComparisonHost, ComparisonPage>(panel, {
      extensionUri,
      bundle: 'comparison',
      checks: comparisonHostChecks,
      handlers: {
        hydrate: () => this.content(),
        pair: async pair => (await this.readPair(pair)).content,
        pictures: async ({ runs, which, from }) =>
          (await this.readPair(runs)).find(which, from, this.sourceOf),
        openPicture: async ({ runs, index }) => showPicture(await (await this.readPair(runs)).fileAt(index)),
        openBestEpoch: folder => void vscode.commands.executeCommand('thaw.openBestEpoch', folder),
        copyReport: async () => vscode.env.clipboard.writeText(await this.report()),
        saveReport: async () => {
          const filters = { [vscode.l10n.t('Markdown')]: ['md'] };
          return saveAs('comparison.md', filters, Buffer.from(await this.report()));
        },
      },
    });
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'comparison-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'comparison-dark.svg'),
    };
    // Watches them.
    void runs.ready();
    const owned = [
      runs.onDidAppend(({ run: { folder }, event }) => {
        if (!folders.includes(folder)) return;
        this.page.channel.notify('append', { folder, event });
        if (event.kind === 'bestEpoch' || event.kind === 'runEnded') this.readSoon([folder]);
      }),
      runs.onDidChange(run => this.readSoon(run ? folders.filter(folder => folder === run.folder) : folders)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.readSoon(folders)),
    ];
    panel.onDidDispose(() => {
      this.disposed = true;
      clearTimeout(this.timer);
      owned.forEach(one => one.dispose());
    });
  }

  /** Reads what is new in the run folders and shows it. Calls that overlap follow one another. */
  load(): Promise<void> {
    return (this.loading = this.loading.then(() => this.readStale()));
  }

  reveal(): void {
    this.panel.reveal();
    this.readSoon(this.folders);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private readonly sourceOf = (file: vscode.Uri): string => this.panel.webview.asWebviewUri(file).toString();

  private readSoon(folders: readonly string[]): void {
    if (folders.length === 0) return;
    for (const folder of folders) this.stale.add(folder);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), READ_AFTER_MS);
  }

  private async readStale(): Promise<void> {
    for (const folder of [...this.stale]) {
      this.stale.delete(folder);
      // Also one of another workspace; nothing waits until all runs of this one are found.
      await this.runs.find(folder).catch(() => undefined);
      this.read.set(folder, await readComparedRun(folder));
      this.pair = undefined;
    }
    const roots = await this.dataFolders();
    if (this.disposed) return;
    const key = roots.map(String).join('\n');
    if (key === this.roots) {
      this.page.channel.notify('show', this.content());
      return;
    }
    // What a page may read is settled when it is loaded.
    this.roots = key;
    this.page.load(roots);
  }

  private async dataFolders(): Promise<readonly vscode.Uri[]> {
    const folders = new Map<string, vscode.Uri>();
    for (const { settings } of this.read.values()) {
      const folder = settings && (await shownDataFolder(settings));
      if (folder) folders.set(String(folder), folder);
    }
    return [...folders.values()];
  }

  private content(): ComparisonContent {
    const names = this.names();
    return {
      runs: this.folders.map((folder, index): ComparedRun => {
        const { best, problem } = this.read.get(folder) ?? {};
        const run = this.runs.all.find(run => run.folder === folder);
        return { folder, name: names[index]!, run: run && plottedRun(run), best, problem };
      }),
      differences: this.differences(),
    };
  }

  private names(): readonly string[] {
    const all = this.folders.map(folder => {
      const run = this.runs.all.find(run => run.folder === folder);
      const recorded = this.read.get(folder)?.settings?.recipe.name;
      return printableName(run?.cell?.variant ?? run?.name ?? recorded ?? nameInFolder(folder));
    });
    return namesApart(all);
  }

  /** Of the recipes that can be read; the others have no values. */
  private differences(): readonly RecipeDifference[] {
    const recipes = this.folders.map(folder => this.read.get(folder)?.settings?.recipe);
    const known = recipes.filter(recipe => recipe !== undefined);
    return recipeDifferences(known).map(({ field, values }) => {
      const left = [...values];
      return { field, values: recipes.map(recipe => (recipe ? left.shift()! : null)) };
    });
  }

  private readPair({ first, second }: RunPair): Promise<ComparedPair> {
    const [one, other] = [this.folders.indexOf(first), this.folders.indexOf(second)];
    if (one < 0 || other < 0) throw new UserError(vscode.l10n.t('This run is not among those compared.'));
    const key = JSON.stringify([first, second]);
    if (this.pair?.key !== key) {
      const names = this.names();
      this.pair = { key, read: ComparedPair.read([first, second], [names[one]!, names[other]!]) };
    }
    return this.pair.read;
  }

  private report(): Promise<string> {
    const folders = this.folders.filter(folder => this.read.get(folder)?.best);
    if (folders.length < 2) {
      throw new UserError(
        vscode.l10n.t('There is no comparison to report until two of the runs have a best epoch.'),
      );
    }
    return reportOf(folders);
  }
}
