import type { ChildProcess } from 'node:child_process';
import { watch, type FSWatcher } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { openRecipeDocument } from '../recipe/recipeDocuments';
import { findRecipesAndNotebooks, RECIPES_AND_NOTEBOOKS } from '../recipe/recipeFiles';
import { isWorking, liveFiles, readLiveState, requestStop } from '../../core/run/liveState';
import { identityOf, livenessOf } from '../../core/run/processIdentity';
import { isRunFolder, RunRecord } from '../../core/run/runRecord';
import { UserError } from '../../core/userError';
import type { StartRequest } from '../../protocol/workerMessages';
import { FolderWatch } from './folderWatch';
import type { RunAppend, TrainingRun } from './trainingRun';

const LOOK_EVERY_MS = 150;
/** The folder of a run may tell of its end before its process does. */
const PROCESS_END_WITHIN_MS = 500;
/** A folder that has just been made may become a run for that long. */
const YOUNG_MS = 10_000;
const MOST_RECIPES = 500;

/** How a training process of this window ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A recipe to train that is no file of its own. */
export interface GivenRecipe {
  readonly text: string;
  /** Absolute path; relative paths in the text are resolved against its folder, and the run is written there. */
  readonly file: string;
  readonly cell?: StartRequest['cell'];
}

/**
 * The runs of all workspace folders, newest first: those of the editor and of the command line, old and live. Found
 * through their folders alone, so that a reloaded window finds again what is running.
 */
export class TrainingRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TrainingRun | undefined>();
  private readonly appended = new vscode.EventEmitter<RunAppend>();
  private readonly begun = new vscode.EventEmitter<TrainingRun>();
  private readonly records = new Map<string, RunRecord>();
  private readonly ends = new Map<string, ProcessEnd>();
  /** Numbers of the processes that this window has started, by run folder, while they are there. */
  private readonly children = new Map<string, number>();
  /** Watches of `.thaw/runs` folders, by path. */
  private readonly watched = new Map<string, vscode.Disposable>();
  private readonly following = new Map<string, FSWatcher | undefined>();
  private readonly looks = new Map<string, { again: boolean }>();
  private readonly owned: vscode.Disposable[] = [this.changed, this.appended, this.begun];
  private reading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  /** A run came, went or changed its status; undefined: several did. */
  readonly onDidChange = this.changed.event;
  /** Fires within 200 ms of the event being written. What a run's `events` held when it was found does not fire. */
  readonly onDidAppend = this.appended.event;

  /** This window has started a run. */
  readonly onDidStart = this.begun.event;

  constructor(private readonly context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extension'>) {}

  /** Resolves when the runs of the workspace have been read; begins reading, and watching, at the first call. */
  ready(): Promise<void> {
    return (this.reading ??= this.readWorkspace());
  }

  /** What is known so far, newest first. */
  get all(): readonly TrainingRun[] {
    return [...this.records.values()].sort(
      (a, b) => b.time - a.time || (a.folder < b.folder ? 1 : a.folder > b.folder ? -1 : 0),
    );
  }

  /** The run of a folder: a known one, or any other run folder, read now; undefined when it is none. */
  async find(folder: string): Promise<TrainingRun | undefined> {
    const known = this.records.get(folder);
    if (known) return known;
    return isRunFolder(folder) ? this.add(folder) : undefined;
  }

  /** How the process of a run ended; undefined for one that this window did not start. */
  endOf(run: TrainingRun): ProcessEnd | undefined {
    return this.ends.get(run.folder);
  }

  /** Resolves when the processes of runs that ended without a word have had the time to say how. */
  async untilEndIsKnown(runs: readonly TrainingRun[]): Promise<void> {
    if (runs.some(({ ended }) => !ended)) await sleep(PROCESS_END_WITHIN_MS);
  }

  /**
   * Starts a fine-tune of a recipe as it stands in its editor, or of one that is given; it waits in line while another
   * run trains on this machine. A UserError says what is wrong with the recipe, or that the workspace is not trusted.
   */
  async start(recipe: vscode.Uri | GivenRecipe): Promise<TrainingRun> {
    requireTrust();
    const { text, file, cell } = recipe instanceof vscode.Uri ? await openRecipe(recipe) : recipe;
    const { parseRecipe } = await import('../../core/recipe/parseRecipe');
    const { createRunFolder } = await import('../../core/run/runFolder');
    const { writeStartRequest } = await import('./startWorker');
    const { planOf } = await import('../../core/training/describeModel');
    const parsed = parseRecipe(text, { folder: dirname(file), file: basename(file) });
    planOf(parsed);
    const folder = await createRunFolder(parsed, dirname(file), undefined);
    const { version } = this.context.extension.packageJSON as { readonly version: string };
    try {
      writeStartRequest(folder, {
        name: parsed.name,
        recipeFile: file,
        ...(cell && { cell }),
        recipe: text,
        version,
        requested: Date.now(),
      });
      await this.work(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    await this.ready();
    await this.watchRuns(dirname(folder));
    const run = await this.add(folder);
    this.begun.fire(run);
    return run;
  }

  /**
   * Goes on with a run that was stopped or whose process is gone; it waits in line as one that begins does. A UserError
   * says that it is complete or live, or that the workspace is not trusted.
   */
  async resume({ folder }: Pick<TrainingRun, 'folder'>): Promise<TrainingRun> {
    requireTrust();
    const known = await this.find(folder);
    // The command line may have gone on with it.
    await this.refresh(folder);
    if (!known?.isResumable) {
      throw new UserError(vscode.l10n.t('{0} is complete or still training.', known?.name ?? folder));
    }
    const { requireNoLinks } = await import('../../core/run/requireNoLinks');
    requireNoLinks(folder);
    // Asked of the process that is gone.
    await rm(join(folder, liveFiles.stop), { force: true });
    this.ends.delete(folder);
    await this.work(folder);
    const record = this.records.get(folder)!;
    await this.refresh(folder);
    this.begun.fire(record);
    return record;
  }

  /** Starts the process that trains in a run folder. */
  private async work(folder: string): Promise<void> {
    const { startWorker } = await import('./startWorker');
    let child: ChildProcess;
    try {
      child = await startWorker(join(this.context.extensionPath, 'dist', 'worker.js'), folder);
    } catch (error) {
      throw new UserError(
        vscode.l10n.t('The training process could not be started: {0}', (error as Error).message),
        { cause: error },
      );
    }
    this.children.set(folder, child.pid!);
    child.once('exit', (code, signal) => {
      this.children.delete(folder);
      this.ends.set(folder, { code, signal });
      this.look(folder);
    });
  }

  /** Watches the runs beside a file that may lie outside of the workspace, and reads those that are there. */
  async watchBeside(file: string): Promise<void> {
    await this.ready();
    await this.watchRunsOf(dirname(file));
  }

  /** Asks a live run to end after the batch in hand, keeping the best epoch. */
  stop(run: TrainingRun): void {
    if (!run.isLive) return;
    requestStop(run.folder);
    this.changed.fire(run);
  }

  /**
   * Ends the process of a run at once, whatever it is at. A UserError says when it is out of reach, or not known to be
   * the run's: a run folder may come from anyone and name any process.
   */
  kill(run: TrainingRun): void {
    const live = readLiveState(run.folder);
    if (!live || !isWorking(live)) return;
    const liveness = livenessOf(live.process);
    if (liveness === 'dead') return;
    const { pid, place } = live.process;
    if (place !== identityOf().place) {
      throw new UserError(vscode.l10n.t('{0} runs on another machine or in another container.', run.name));
    }
    if (liveness !== 'alive' && this.children.get(run.folder) !== pid) {
      throw new UserError(
        vscode.l10n.t(
          'This window did not start process {0}, so it is not ended for {1}: end it by yourself.',
          pid,
          run.name,
        ),
      );
    }
    process.kill(pid, 'SIGKILL');
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.timer);
    for (const watcher of this.following.values()) watcher?.close();
    for (const watch of this.watched.values()) watch.dispose();
    for (const owned of this.owned) owned.dispose();
  }

  /** Runs lie beside their recipes, and the folders of the workspace are where recipes mostly are. */
  private async readWorkspace(): Promise<void> {
    const recipes = vscode.workspace.createFileSystemWatcher(RECIPES_AND_NOTEBOOKS, false, true, true);
    this.owned.push(
      recipes,
      recipes.onDidCreate(uri => this.watchRunsOf(dirname(uri.fsPath))),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.watchWorkspace()),
    );
    await this.watchWorkspace();
  }

  private async watchWorkspace(): Promise<void> {
    const recipes = await findRecipesAndNotebooks(MOST_RECIPES);
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    const places = [
      ...folders.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath),
      ...recipes.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => dirname(fsPath)),
    ];
    await Promise.all(places.map(place => this.watchRunsOf(place)));
  }

  private watchRunsOf(workspace: string): Promise<void> {
    return this.watchRuns(join(workspace, '.thaw', 'runs'));
  }

  private async watchRuns(runs: string): Promise<void> {
    if (this.disposed || this.watched.has(runs)) return;
    this.watched.set(runs, new FolderWatch(runs, () => void this.scan(runs)));
    await this.scan(runs);
  }

  /** Finds runs that have come and those that have gone. */
  private async scan(runs: string): Promise<void> {
    const names = await readdir(runs).catch(() => []);
    const folders = names.map(name => join(runs, name));
    let young = false;
    const come = folders.filter(folder => !this.records.has(folder));
    await Promise.all(
      come.map(async folder => {
        // One that cannot be read does not keep the others from being found.
        if (isRunFolder(folder)) await this.add(folder).catch(() => undefined);
        else young ||= Date.now() - (await birthOf(folder)) < YOUNG_MS;
      }),
    );
    const gone = [...this.records.keys()].filter(
      folder => dirname(folder) === runs && !folders.includes(folder),
    );
    await Promise.all(gone.map(folder => this.refresh(folder)));
    if (young && !this.disposed) setTimeout(() => void this.scan(runs), LOOK_EVERY_MS).unref();
  }

  private async add(folder: string): Promise<TrainingRun> {
    const record = new RunRecord(folder);
    await record.refresh();
    const known = this.records.get(folder);
    if (known) return known;
    this.records.set(folder, record);
    this.follow(record);
    this.changed.fire(record);
    return record;
  }

  /** Looks at a live run when its folder changes, and often: not every file system tells. */
  private follow(record: RunRecord): void {
    const { folder, isLive } = record;
    if (!isLive || this.disposed) {
      this.following.get(folder)?.close();
      this.following.delete(folder);
    } else if (!this.following.has(folder)) {
      this.following.set(folder, this.watchRun(folder));
    }
    if (this.following.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else {
      this.timer ??= setInterval(() => {
        for (const followed of this.following.keys()) this.look(followed);
      }, LOOK_EVERY_MS).unref();
    }
  }

  private watchRun(folder: string): FSWatcher | undefined {
    try {
      return watch(folder, { persistent: false }, () => this.look(folder)).on('error', () => undefined);
    } catch {
      return undefined;
    }
  }

  /** Looks soon; changes that come meanwhile are met by one more look. */
  private look(folder: string): void {
    const looking = this.looks.get(folder);
    if (looking) {
      looking.again = true;
      return;
    }
    const look = { again: false };
    this.looks.set(folder, look);
    // A folder that cannot be read now is looked at again with the next change.
    void this.refresh(folder)
      .catch(() => undefined)
      .finally(() => {
        this.looks.delete(folder);
        if (look.again) this.look(folder);
      });
  }

  private async refresh(folder: string): Promise<void> {
    const record = this.records.get(folder);
    if (!record || this.disposed) return;
    const { events, statusChanged } = await record.refresh();
    if (this.disposed || this.records.get(folder) !== record) return;
    const isGone = !record.isLive && !isRunFolder(folder);
    if (isGone) this.records.delete(folder);
    this.follow(record);
    for (const event of events) this.appended.fire({ run: record, event });
    if (statusChanged || isGone) this.changed.fire(record);
    if (statusChanged && (await neverBegan(record))) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      this.records.delete(folder);
      this.changed.fire(record);
    }
  }
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    vscode.l10n.t('Training runs only in a trusted workspace: it reads files that the recipe names.'),
  );
}

/** A recipe as it stands in its editor, or on disk; a UserError says when there is none. */
async function openRecipe(recipe: vscode.Uri): Promise<GivenRecipe> {
  if (recipe.scheme !== 'file') {
    throw new UserError(vscode.l10n.t('Save the recipe to a file first: its paths are relative to it.'));
  }
  return { text: (await openRecipeDocument(recipe)).getText(), file: recipe.fsPath };
}

/** An attempt of this or another window that ended before anything was trained, with nothing in its log. */
async function neverBegan({ folder, ended, started, recipeFile }: RunRecord): Promise<boolean> {
  // Where nothing is trained, a folder like that came from elsewhere.
  if (!vscode.workspace.isTrusted || !ended || started || recipeFile === undefined) return false;
  const log = await stat(join(folder, liveFiles.log)).catch(() => undefined);
  return log?.size === 0;
}

async function birthOf(folder: string): Promise<number> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
