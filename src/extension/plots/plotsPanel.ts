import * as vscode from 'vscode';
import { fileNameOf } from '../../core/plainName';
import {
  plotsHostChecks,
  type ExportedFile,
  type PlotsContent,
  type PlotsHost,
  type PlotsPage,
} from '../../protocol/pageMessages';
import { plottedRun } from '../training/plottedRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { saveAs } from '../saveAs';
import { WebviewPage } from '../webviewPage';

const FILTERS: Record<ExportedFile['format'], string> = {
  png: vscode.l10n.t('Picture'),
  svg: vscode.l10n.t('Drawing'),
  csv: vscode.l10n.t('Table'),
};

/** The panel of the plots: filled once when its page asks, then told what is new. */
export class PlotsPanel implements vscode.Disposable {
  private readonly page: WebviewPage<PlotsHost, PlotsPage>;
  private readonly owned: vscode.Disposable[];

  constructor(
    private readonly panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly runs: TrainingRuns,
    private showFirst: readonly string[] | undefined,
  ) {
    this.page = new WebviewPage<PlotsHost, PlotsPage>(panel, {
      extensionUri,
      bundle: 'plots',
      checks: plotsHostChecks,
      pictures: 'blob:',
      handlers: {
        hydrate: () => this.hydrate(),
        save,
        openBestEpoch: folder => void vscode.commands.executeCommand('thaw.openBestEpoch', folder),
        startFineTune: () => void vscode.commands.executeCommand('thaw.startFineTune'),
        newRecipe: () => void vscode.commands.executeCommand('thaw.newRecipe'),
      },
    });
    const { channel } = this.page;
    this.owned = [
      runs.onDidAppend(({ run, event }) => channel.notify('append', { folder: run.folder, event })),
      runs.onDidChange(run => {
        for (const changed of run ? [run] : runs.all) {
          if (runs.all.includes(changed)) channel.notify('update', plottedRun(changed));
          else channel.notify('remove', changed.folder);
        }
      }),
    ];
    panel.onDidDispose(() => this.owned.forEach(owned => owned.dispose()));
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'plots-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'plots-dark.svg'),
    };
    this.page.load([]);
  }

  /** Brings the panel to the front of its group, with these runs where there are some. */
  show(folders: readonly string[] | undefined, preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
    if (!folders) return;
    // A page that is hidden is loaded anew and asks again.
    this.showFirst = folders;
    this.page.channel.notify('show', folders);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async hydrate(): Promise<PlotsContent> {
    await this.runs.ready();
    const content = { runs: this.runs.all.map(plottedRun) };
    const show = this.showFirst;
    this.showFirst = undefined;
    return show ? { ...content, show } : content;
  }
}

function save({ format, name, content }: ExportedFile): Promise<boolean> {
  const bytes = Buffer.from(content, format === 'png' ? 'base64' : 'utf8');
  return saveAs(`${fileNameOf(name)}.${format}`, { [FILTERS[format]]: [format] }, bytes);
}
