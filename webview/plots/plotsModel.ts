import type { PlottedRun } from '../../src/protocol/pageMessages';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { curvesOf, isLive, withEvent, type RunCurves } from '../charts/curves';

/** What the page keeps while it is hidden. */
export interface PlotsState {
  /** Folders of the runs chosen; undefined: the newest. */
  readonly chosen: readonly string[] | undefined;
  readonly logLoss: boolean;
  readonly table: boolean;
}

/** The runs and which of them are shown. */
export class PlotsModel {
  private byFolder = new Map<string, RunCurves>();
  private readonly numbers = new Map<string, number>();

  constructor(public chosen: readonly string[] | undefined) {}

  /** Newest first. */
  get runs(): readonly RunCurves[] {
    return [...this.byFolder.values()].sort((a, b) => b.time - a.time);
  }

  /** Newest first: those chosen, else the newest. */
  get shown(): readonly RunCurves[] {
    const { chosen, runs } = this;
    const found = chosen && runs.filter(({ folder }) => chosen.includes(folder));
    return found ?? runs.slice(0, 1);
  }

  /** A run's number, which gives its look; it keeps it as others come and go. */
  numberOf(folder: string): number {
    if (!this.numbers.has(folder)) this.numbers.set(folder, this.numbers.size);
    return this.numbers.get(folder)!;
  }

  /** Replaces all runs. */
  fill(runs: readonly PlottedRun[]): void {
    this.byFolder = new Map(runs.map(run => [run.folder, curvesOf(run)]));
    // Runs that are shown get the first looks, which differ most.
    for (const { folder } of [...this.shown, ...this.runs]) this.numberOf(folder);
  }

  append(folder: string, event: TrainingEvent): void {
    const curves = this.byFolder.get(folder);
    if (curves) this.byFolder.set(folder, withEvent(curves, event));
  }

  /** A run came or changed. One that comes live joins those chosen. */
  update(run: PlottedRun): void {
    const curves = curvesOf(run);
    if (!this.byFolder.has(run.folder) && isLive(curves) && this.chosen) {
      this.chosen = [...this.chosen, run.folder];
    }
    this.byFolder.set(run.folder, curves);
  }

  remove(folder: string): void {
    this.byFolder.delete(folder);
    if (!this.chosen?.includes(folder)) return;
    const rest = this.chosen.filter(other => other !== folder);
    this.chosen = rest.length === 0 ? undefined : rest;
  }

  choose(folder: string, show: boolean): void {
    const others = this.shown.map(run => run.folder).filter(other => other !== folder);
    this.chosen = show ? [...others, folder] : others;
  }
}
