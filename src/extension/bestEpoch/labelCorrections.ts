import { basename, dirname, extname, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import {
  correctionsFile,
  parseCorrections,
  readCorrectionsText,
  withCorrection,
} from '../../core/dataset/corrections';
import { CORRECTIONS_FILE } from '../../core/dataset/listImages';
import type { BestEpochOfRun } from '../../core/run/bestEpoch';
import { probableClasses } from '../../core/training/probableClasses';
import { UserError } from '../../core/userError';
import { percent } from '../../protocol/numberText';
import type { CorrectedLabels } from '../../protocol/pageMessages';
import { printableName } from '../../protocol/printable';
import { mayRead } from '../mayRead';
import { openWorkspace } from '../openWorkspace';
import { editTo } from '../recipe/workspaceEdit';

/** What was said of an image before it was corrected; undefined: nothing. */
interface Step {
  readonly image: string;
  readonly before: string | undefined;
}

/** The file of corrections that the data of a run has or may get. Images are never touched. */
export class LabelCorrections implements vscode.Disposable {
  /** Absolute; undefined where there can be none. */
  private readonly file: string | undefined;
  private readonly steps: Step[] = [];
  private readonly indices: ReadonlyMap<string, number>;
  private readonly watcher: vscode.FileSystemWatcher | undefined;
  /** One after another: each edit is of what the one before has left. */
  private writing: Promise<unknown> = Promise.resolve();

  /** `root`: the data folder, undefined where it may not be looked at. `onDidChange`: another program may change the file. */
  constructor(
    private readonly run: BestEpochOfRun,
    root: vscode.Uri | undefined,
    onDidChange: () => void,
  ) {
    this.indices = new Map(run.pictures.map(({ image }, index) => [image, index]));
    this.file = root && fileOf(run, root.fsPath);
    if (this.file === undefined) return;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(this.file)), basename(this.file));
    this.watcher = vscode.workspace.createFileSystemWatcher(pattern);
    this.watcher.onDidChange(onDidChange);
    this.watcher.onDidCreate(onDidChange);
    this.watcher.onDidDelete(onDidChange);
  }

  /** Can undo what the other could, of the same file. */
  goOnFrom(other: LabelCorrections | undefined): void {
    if (other?.file === this.file) this.steps.push(...(other?.steps ?? []));
  }

  dispose(): void {
    this.watcher?.dispose();
  }

  /** What the file says now of the run's test pictures, or why it cannot be changed. */
  async read(): Promise<CorrectedLabels> {
    const { file } = this;
    const none = { file: CORRECTIONS_FILE, pictures: [], canUndo: false };
    if (file === undefined || !(await mayRead(file, openWorkspace()))) {
      return {
        ...none,
        problem: vscode.l10n.t('The data folder of this run is not there, or may not be read.'),
      };
    }
    const name = basename(file);
    try {
      const text = await readCorrectionsText(file);
      const lines = text === undefined ? [] : parseCorrections(text, file);
      const pictures = lines.flatMap(({ image, label }) => {
        const index = this.indices.get(image);
        return index === undefined ? [] : [{ index, label }];
      });
      const problem = vscode.workspace.isTrusted
        ? undefined
        : vscode.l10n.t('Correcting labels waits until you trust this workspace: it writes {0}.', name);
      return { file: name, pictures, problem, canUndo: this.steps.length > 0 };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...none, file: name, problem: error.message };
    }
  }

  /** Asks which class a picture is, the likeliest first; undefined where the person changes their mind. */
  async askForLabel(index: number): Promise<string | undefined> {
    const picture = this.run.pictures[index];
    if (!picture) throw new UserError(vscode.l10n.t('The run has no such picture.'));
    const { classes } = this.run.settings.resolved;
    const items = probableClasses(classes, picture.probabilities)
      .filter(({ name }) => name !== classes[picture.label])
      .map(({ name, probability }) => ({
        label: printableName(name),
        description: percent(probability),
        name,
      }));
    const title = vscode.l10n.t('Which class is {0}?', printableName(basename(picture.image)));
    const placeHolder = vscode.l10n.t('Classes, the most probable first');
    return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.name;
  }

  /** Gives a test picture another class, or none to leave it out; undefined takes back what the file says of it. */
  async correct(index: number, label: string | undefined): Promise<void> {
    const picture = this.run.pictures[index];
    if (!picture) throw new UserError(vscode.l10n.t('The run has no such picture.'));
    await this.queue(async () => {
      const before = await this.set(picture.image, label);
      if (before !== label) this.steps.push({ image: picture.image, before });
    });
  }

  /** Takes back the last correction that was made here; the picture's number, undefined where there is none. */
  async undo(): Promise<number | undefined> {
    return this.queue(async () => {
      const step = this.steps.at(-1);
      if (!step) return undefined;
      await this.set(step.image, step.before);
      this.steps.pop();
      return this.indices.get(step.image);
    });
  }

  private queue<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.writing.then(work);
    this.writing = next.catch(() => undefined);
    return next;
  }

  /** Writes what the file says of an image, as an edit that an open editor can undo. Returns what it said before. */
  private async set(image: string, label: string | undefined): Promise<string | undefined> {
    const { problem } = await this.read();
    const { file } = this;
    if (problem !== undefined || file === undefined) throw new UserError(problem ?? '');
    const uri = vscode.Uri.file(file);
    const onDisk = await readCorrectionsText(file);
    if (onDisk === undefined) {
      const edit = new vscode.WorkspaceEdit();
      const contents = Buffer.from(withCorrection('', file, image, label));
      edit.createFile(uri, { contents });
      await this.apply(edit);
      return undefined;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty) {
      throw new UserError(
        vscode.l10n.t('{0} has changes that are not saved: save it first.', basename(file)),
      );
    }
    const before = parseCorrections(document.getText(), file).find(line => line.image === image)?.label;
    await this.apply(editTo(document, withCorrection(document.getText(), file, image, label)));
    if (!(await document.save())) throw this.unwritten();
    return before;
  }

  private async apply(edit: vscode.WorkspaceEdit): Promise<void> {
    if (!(await vscode.workspace.applyEdit(edit))) throw this.unwritten();
  }

  private unwritten(): UserError {
    return new UserError(
      vscode.l10n.t(
        '{0} cannot be written; name another file in "data": { "corrections": … } of the recipe.',
        this.file!,
      ),
    );
  }
}

/** A run folder may come from anyone: a file that is no CSV is not one to write to. */
function fileOf({ settings }: BestEpochOfRun, folder: string): string | undefined {
  const data: unknown = settings.recipe.data;
  const named =
    typeof data === 'object' && data !== null && 'corrections' in data ? data.corrections : undefined;
  const corrections = typeof named === 'string' && isAbsolute(named) ? named : undefined;
  const file = correctionsFile({ folder, corrections });
  return extname(file).toLowerCase() === '.csv' ? file : undefined;
}
