import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecipe } from '../src/core/recipe/parseRecipe';
import { fineTune } from '../src/core/training/fineTune';
import { resumeRun } from '../src/core/training/resumeRun';
import type { TrainingEvent } from '../src/protocol/trainingEvent';
import {
  epochsOf,
  FaultyRuns,
  recordOf,
  requireSound,
  resultOf,
  untilEpochs,
} from '../test/faults/faultyRuns';
import { tinyRecipe } from '../test/vscode/tinyRecipe';

const EPOCHS = 10;
const FIELDS = { engine: 'tensorflow', epochs: EPOCHS, optimizer: { type: 'adam' } };
/** Run folders that stay: an editor shows what there is, and takes memory for it. */
const KEPT = 20;
/** Other programs may have the machine for themselves. */
const PATIENCE_MS = 1_800_000;
const CLI = join(__dirname, '..', 'dist', 'cli.js');

/** How a run of the soak goes. */
export type Course = 'uninterrupted' | 'stopped' | 'killed' | 'interrupted';
export const courses: readonly Course[] = ['uninterrupted', 'stopped', 'killed', 'interrupted'];

/** Runs of one recipe, one after another, each to its end whatever comes between; all must come to the same bits. */
export class SoakRuns {
  readonly runs = new FaultyRuns();
  private readonly folders: string[] = [];
  private expected: unknown;
  private count = 0;

  get workspace(): string {
    return this.runs.workspace;
  }

  async prepare(): Promise<void> {
    await this.runs.prepare();
    mkdirSync(this.place, { recursive: true });
    writeFileSync(this.recipeFile, this.recipeText);
  }

  /** Trains one run; throws where its folder is not whole or it did not come to what the first came to. */
  async train(course: Course): Promise<void> {
    const folder = await this[course](1 + (this.count++ % (EPOCHS - 3)));
    this.folders.push(folder);
    const { status } = await recordOf(folder);
    assert.equal(status, 'completed', folder);
    await requireSound(folder);
    assert.equal((await epochsOf(folder)).length, EPOCHS);
    const result = await resultOf(folder);
    this.expected ??= result;
    assert.deepEqual(result, this.expected, `${folder} came to something else`);
    while (this.folders.length > KEPT) await rm(this.folders.shift()!, { recursive: true });
  }

  dispose(): void {
    this.runs.dispose();
  }

  private get place(): string {
    return join(this.workspace, '.thaw', 'runs');
  }

  private get recipeFile(): string {
    return join(this.workspace, 'test.thaw.json');
  }

  private get recipeText(): string {
    return tinyRecipe({ data: { folder: 'data' }, ...FIELDS });
  }

  /** In this process. */
  private async uninterrupted(): Promise<string> {
    const folder = this.newFolder();
    await this.here(folder, EPOCHS);
    return folder;
  }

  /** In this process, which stops it and goes on with it. */
  private async stopped(epoch: number): Promise<string> {
    const folder = this.newFolder();
    await this.here(folder, epoch);
    await drain(resumeRun(folder, { signal: new AbortController().signal }));
    return folder;
  }

  /** In a process as the editor starts it, killed, and another that goes on. */
  private async killed(epoch: number): Promise<string> {
    const folder = this.runs.runFolder(FIELDS, this.place);
    const { child, ended } = this.runs.start(folder);
    await untilEpochs(folder, epoch, PATIENCE_MS);
    child.kill('SIGKILL');
    await ended;
    await requireSound(folder);
    // On a busy machine it may have come to its end before.
    if ((await recordOf(folder)).status !== 'completed') await this.runs.finish(folder);
    return folder;
  }

  /** By the command line, with a Ctrl-C, and `thaw resume`. */
  private async interrupted(epoch: number): Promise<string> {
    const folder = this.newFolder();
    await thaw(['train', this.recipeFile, '--out', folder], async interrupt => {
      await untilEpochs(folder, epoch, PATIENCE_MS);
      interrupt();
    });
    await requireSound(folder);
    if ((await recordOf(folder)).status !== 'completed') await thaw(['resume', folder]);
    return folder;
  }

  private newFolder(): string {
    return join(this.place, `soak-${this.count}`);
  }

  private async here(out: string, epochs: number): Promise<void> {
    const { workspace } = this;
    const recipe = parseRecipe(this.recipeText, { folder: workspace, file: 'test.thaw.json' });
    const controller = new AbortController();
    const { signal } = controller;
    await drain(fineTune(recipe, { workspace, out, version: '0', signal }), event => {
      if (event.kind === 'phaseEnded' && event.phase === 'test' && event.epoch + 1 === epochs) {
        if (epochs < EPOCHS) controller.abort();
      }
    });
  }
}

async function drain(
  events: AsyncGenerator<TrainingEvent, void>,
  onEvent: (event: TrainingEvent) => void = () => undefined,
): Promise<void> {
  try {
    for await (const event of events) onEvent(event);
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

async function thaw(
  args: readonly string[],
  meanwhile?: (interrupt: () => void) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('close', resolve));
  await meanwhile?.(() => child.kill('SIGINT'));
  await ended;
}
