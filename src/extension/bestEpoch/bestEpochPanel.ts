import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { CorrectionCounts } from '../../core/dataset/dataset';
import { readBestEpoch, type BestEpochOfRun } from '../../core/run/bestEpoch';
import { runFiles } from '../../core/run/runFolder';
import { UserError } from '../../core/userError';
import {
  bestEpochHostChecks,
  type BestEpochHost,
  type BestEpochPage,
  type BestEpochProblem,
  type BestEpochReport,
  type LabelCorrection,
} from '../../protocol/pageMessages';
import { printableName } from '../../protocol/printable';
import type { TrainingRuns } from '../training/trainingRuns';
import { correctionText } from '../../protocol/correctionText';
import { explainPictures } from '../explainPictures';
import { LabelCorrections } from './labelCorrections';
import { tryPicture } from './tryPicture';
import { RunPictures } from '../runPictures';
import { showPicture } from '../showPicture';
import { WebviewPage } from '../webviewPage';

/** After a new best epoch its files follow. */
const READ_AFTER_MS = 300;

/** The panel of a run's best epoch: all it shows is in the run folder. */
export class BestEpochPanel implements vscode.Disposable {
  private readonly page: WebviewPage<BestEpochHost, BestEpochPage>;
  private content: BestEpochReport | BestEpochProblem;
  private pictures: RunPictures | undefined;
  private corrections: LabelCorrections | undefined;
  private roots: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly folder: string,
    context: Pick<vscode.ExtensionContext, 'extensionUri' | 'extensionPath'>,
    private readonly runs: TrainingRuns,
  ) {
    const { extensionUri } = context;
    this.content = { folder, problem: vscode.l10n.t('Reading the run') };
    this.page = new WebviewPage<BestEpochHost, BestEpochPage>(panel, {
      extensionUri,
      bundle: 'bestEpoch',
      pictures: 'data:',
      checks: bestEpochHostChecks,
      handlers: {
        hydrate: () => this.content,
        pictures: async query =>
          (await this.pictures?.find(query, this.sourceOf)) ?? { pictures: [], total: 0 },
        openPicture: async index => showPicture(await this.pictures?.fileOf(index)),
        explain: async indices =>
          this.pictures ? explainPictures(context, folder, this.pictures, indices) : [],
        correct: correction => this.correct(correction),
        undoCorrection: () => this.undoCorrection(),
        tryPicture: picture => tryPicture(context, folder, picture),
        openRecipe: () => void vscode.commands.executeCommand('vscode.open', this.file(runFiles.recipe)),
        showPlots: () => void vscode.commands.executeCommand('thaw.showPlots', folder),
        exportRun: () => void vscode.commands.executeCommand('thaw.exportRun', folder),
        revealFolder: () => void vscode.commands.executeCommand('thaw.revealRunFolder', { folder }),
      },
    });
    panel.title = this.title;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'best-epoch-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'best-epoch-dark.svg'),
    };
    const owned = [
      runs.onDidAppend(({ run, event }) => {
        if (run.folder === folder && (event.kind === 'bestEpoch' || event.kind === 'runEnded'))
          this.readSoon();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.readSoon()),
    ];
    panel.onDidDispose(() => {
      this.disposed = true;
      clearTimeout(this.timer);
      owned.forEach(one => one.dispose());
      this.corrections?.dispose();
    });
  }

  /** Reads the run folder and shows what is there, or why nothing can be shown. */
  async load(): Promise<void> {
    this.content = await this.read();
    if (this.disposed) {
      this.corrections?.dispose();
      return;
    }
    this.panel.title = this.title;
    const roots = this.pictures?.root ? [this.pictures.root] : [];
    const key = roots.join('\n');
    if (key === this.roots) {
      this.page.channel.notify('show', this.content);
      return;
    }
    this.roots = key;
    this.page.load(roots);
  }

  reveal(): void {
    this.panel.reveal();
    this.readSoon();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private get title(): string {
    const { folder, content, runs } = this;
    const known = 'problem' in content ? runs.all.find(run => run.folder === folder) : content;
    return vscode.l10n.t('Best Epoch: {0}', printableName(known?.name ?? basename(folder)));
  }

  private readonly sourceOf = (file: vscode.Uri): string => this.panel.webview.asWebviewUri(file).toString();

  private readSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), READ_AFTER_MS);
  }

  private async read(): Promise<BestEpochReport | BestEpochProblem> {
    const { folder } = this;
    try {
      const run = await readBestEpoch(folder);
      this.pictures = await RunPictures.of(run);
      this.corrections = this.correctionsOf(run, this.pictures);
      return await this.report(run, this.pictures, this.corrections);
    } catch (error) {
      this.pictures = undefined;
      this.corrections?.dispose();
      this.corrections = undefined;
      if (error instanceof UserError) return { folder, problem: error.message };
      return {
        folder,
        problem: vscode.l10n.t('The run folder {0} cannot be read: {1}', folder, (error as Error).message),
      };
    }
  }

  /** The run's, with what can be undone of it where the page only reads the run again. */
  private correctionsOf(run: BestEpochOfRun, pictures: RunPictures): LabelCorrections {
    const made = new LabelCorrections(run, pictures.root, () => void this.showCorrections());
    made.goOnFrom(this.corrections);
    this.corrections?.dispose();
    return made;
  }

  private async report(
    run: BestEpochOfRun,
    pictures: RunPictures,
    corrections: LabelCorrections,
  ): Promise<BestEpochReport> {
    const { recipe, resolved } = run.settings;
    const started = Date.parse(resolved.started);
    return {
      folder: this.folder,
      name: run.name,
      // A recipe that somebody edited may hold anything.
      model: String(recipe.model),
      epoch: run.epoch,
      epochs: Number(recipe.epochs),
      loss: run.loss,
      started: Number.isNaN(started) ? undefined : started,
      engine: resolved.engine
        ? `${resolved.engine.name} ${resolved.engine.version}, ${resolved.engine.device}`
        : '',
      metrics: run.metrics,
      calibration: run.calibration,
      freeze: Array.isArray(recipe.freeze) ? recipe.freeze.map(String) : [],
      layers: run.layers,
      mistakes: await pictures.find({ from: 0 }, this.sourceOf),
      corrected: correctedText(resolved.corrections),
      labels: await corrections.read(),
    };
  }

  /** Does what was asked about the label of a picture; false where the person changed their mind. */
  private async correct({ index, act }: LabelCorrection): Promise<boolean> {
    const corrections = this.correctable();
    if (act === 'relabel') {
      const label = await corrections.askForLabel(index);
      if (label === undefined) return false;
      await corrections.correct(index, label);
    } else await corrections.correct(index, act === 'exclude' ? '' : undefined);
    await this.showCorrections();
    return true;
  }

  /** Takes back the last correction that was made on this page. */
  private async undoCorrection(): Promise<number | undefined> {
    const index = await this.correctable().undo();
    await this.showCorrections();
    return index;
  }

  private correctable(): LabelCorrections {
    if (this.corrections) return this.corrections;
    throw new UserError(vscode.l10n.t('The run cannot be read; see above why.'));
  }

  private async showCorrections(): Promise<void> {
    const labels = await this.corrections?.read();
    if (!labels || 'problem' in this.content || this.disposed) return;
    this.content = { ...this.content, labels };
    this.page.channel.notify('correctLabels', labels);
  }

  private file(name: string): vscode.Uri {
    return vscode.Uri.file(join(this.folder, name));
  }
}

/** A run folder may come from anyone. */
function correctedText(counts: CorrectionCounts | undefined): string {
  const { relabelled, excluded } = counts ?? {};
  return Number.isSafeInteger(relabelled) && Number.isSafeInteger(excluded)
    ? correctionText(relabelled!, excluded!)
    : '';
}
