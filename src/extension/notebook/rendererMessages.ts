import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { MessageChannel } from '../../protocol/messageChannel';
import {
  rendererHostChecks,
  type CellReport,
  type CellRun,
  type RendererHost,
  type RendererPage,
} from '../../protocol/notebookOutput';
import { displayLanguage } from '../displayLanguage';
import { explainPictures } from '../explainPictures';
import { showPicture } from '../showPicture';
import { plottedRun } from '../training/plottedRun';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { nameOfRun } from './runPlace';
import { shownRunFolder } from './shownRunFolder';

type Channel = MessageChannel<RendererHost, RendererPage>;

/** After a new best epoch its files follow, in ms. */
const READ_AFTER = 300;

/** Answers the outputs of the notebooks, and tells them what is new in the runs that they have asked for. */
export class RendererMessages implements vscode.Disposable {
  private readonly messaging = vscode.notebooks.createRendererMessaging('thaw.run');
  private readonly channels = new Map<vscode.NotebookEditor, Channel>();
  /** Of the runs that outputs show, by folder; undefined where there is no best epoch. */
  private readonly reports = new Map<string, CellReport | undefined>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly context: Pick<vscode.ExtensionContext, 'extensionPath'>,
    private readonly runs: TrainingRuns,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.messaging.onDidReceiveMessage(({ editor, message }) => void this.channel(editor).receive(message)),
      runs.onDidAppend(({ run, event }) => {
        if (!this.reports.has(run.folder)) return;
        this.tell(run.folder, (channel, folder) => channel.notify('append', { folder, event }));
        if (event.kind === 'bestEpoch' || event.kind === 'runEnded') this.readSoon(run.folder);
      }),
      runs.onDidChange(run => {
        for (const changed of run ? [run] : runs.all)
          if (this.reports.has(changed.folder)) this.update(changed.folder);
      }),
      vscode.window.onDidChangeVisibleNotebookEditors(editors => this.forget(editors)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        for (const folder of this.reports.keys()) this.readSoon(folder);
      }),
    );
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.forget([]);
    this.subscriptions.dispose();
  }

  private channel(editor: vscode.NotebookEditor): Channel {
    const known = this.channels.get(editor);
    if (known) return known;
    const runOf = async (name: string): Promise<string> => {
      const folder = await shownRunFolder(editor.notebook, name);
      if (folder === undefined)
        throw new UserError(vscode.l10n.t('{0} is not the folder of a run of this notebook.', name));
      return folder;
    };
    const command =
      (id: string) =>
      async (name: string): Promise<void> =>
        void vscode.commands.executeCommand(id, { folder: await runOf(name) });
    const channel: Channel = new MessageChannel<RendererHost, RendererPage>({
      checks: rendererHostChecks,
      handlers: {
        language: displayLanguage,
        hydrate: names => Promise.all(names.map(name => this.hydrate(editor.notebook, name))),
        stop: command('thaw.stopFineTune'),
        resume: async name =>
          (await vscode.commands.executeCommand('thaw.resumeRun', { folder: await runOf(name) })) !==
          undefined,
        openBestEpoch: command('thaw.openBestEpoch'),
        exportRun: command('thaw.exportRun'),
        revealFolder: command('thaw.revealRunFolder'),
        compareRuns: async names =>
          void vscode.commands.executeCommand('thaw.compareRuns', await Promise.all(names.map(runOf))),
        explain: async ({ folder, indices }) => {
          const run = await runOf(folder);
          const { picturesOfRun } = await import('./cellReport');
          return explainPictures(this.context, run, await picturesOfRun(run), indices);
        },
        openPicture: async ({ folder, index }) => openPicture(await runOf(folder), index),
      },
      send: message => void this.messaging.postMessage(message, editor),
      onError: error => {
        // eslint-disable-next-line no-console -- the extension host's log is where bugs go
        if (!(error instanceof UserError)) console.error(error);
      },
    });
    this.channels.set(editor, channel);
    return channel;
  }

  private forget(editors: readonly vscode.NotebookEditor[]): void {
    for (const [editor, channel] of this.channels) {
      if (editors.includes(editor)) continue;
      channel.close();
      this.channels.delete(editor);
    }
  }

  private async hydrate(notebook: vscode.NotebookDocument, name: string): Promise<CellRun> {
    const folder = await shownRunFolder(notebook, name);
    // As one whose folder is gone: the other runs of the cell are shown.
    if (folder === undefined) return { folder: name, run: undefined, report: undefined, isResumable: false };
    await this.runs.ready();
    const run = await this.runs.find(folder);
    if (!this.reports.get(folder)) await this.read(folder);
    return this.cellRun(name, folder, run);
  }

  private cellRun(name: string, folder: string, run: TrainingRun | undefined): CellRun {
    return {
      folder: name,
      run: run && plottedRun(run),
      report: this.reports.get(folder),
      isResumable: run?.isResumable ?? false,
    };
  }

  private readSoon(folder: string): void {
    clearTimeout(this.timers.get(folder));
    const timer = setTimeout(() => {
      this.timers.delete(folder);
      void this.read(folder).then(() => this.update(folder));
    }, READ_AFTER);
    this.timers.set(folder, timer);
  }

  private async read(folder: string): Promise<void> {
    const { readCellReport } = await import('./cellReport');
    this.reports.set(folder, await readCellReport(folder));
  }

  private update(folder: string): void {
    const run = this.runs.all.find(run => run.folder === folder);
    this.tell(folder, (channel, name) => channel.notify('update', this.cellRun(name, folder, run)));
  }

  /** Tells all outputs; those that do not show the run do not heed it. */
  private tell(folder: string, say: (channel: Channel, name: string) => void): void {
    for (const [{ notebook }, channel] of this.channels) say(channel, nameOfRun(notebook.uri.fsPath, folder));
  }
}

async function openPicture(folder: string, index: number): Promise<void> {
  const { picturesOfRun } = await import('./cellReport');
  await showPicture(await (await picturesOfRun(folder)).fileOf(index));
}
