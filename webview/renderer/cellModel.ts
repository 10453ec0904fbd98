import type { CellReport, CellRun, RunOutput, RunReference } from '../../src/protocol/notebookOutput';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { curvesOf, isLive, withEvent, type RunCurves } from '../charts/curves';
import { RunLog } from './runLog';

/** What is known of a run of a cell. */
export interface ShownRun {
  readonly folder: string;
  /** What tells it from the other runs of its cell. */
  readonly name: string;
  /** `waiting`: for the extension to tell; `gone`: its folder is not there. */
  readonly source: 'output' | 'waiting' | 'extension' | 'gone';
  /** Undefined where the output alone is known, and was written before the run ended. */
  readonly curves: RunCurves | undefined;
  readonly report: CellReport | undefined;
  readonly log: RunLog;
  readonly isResumable: boolean;
}

/** The runs of a cell's output: at first what the output says, then what the extension tells. */
export class CellModel {
  private byFolder = new Map<string, ShownRun>();

  /** In the order of the output. */
  get runs(): readonly ShownRun[] {
    return [...this.byFolder.values()];
  }

  /** Those of which something is known, named for this cell. */
  get curves(): readonly RunCurves[] {
    return this.runs.flatMap(({ curves, name }) => (curves ? [{ ...curves, name }] : []));
  }

  get live(): readonly RunCurves[] {
    return this.curves.filter(isLive);
  }

  /** Those that were cut off and can go on, once none is live. */
  get resumable(): readonly ShownRun[] {
    return this.live.length > 0 ? [] : this.runs.filter(({ isResumable }) => isResumable);
  }

  /** The run with the best epoch: the first of those that are as good. */
  get best(): ShownRun | undefined {
    const accuracy = (run: ShownRun | undefined): number => run?.curves?.best?.accuracy ?? -1;
    return this.runs.reduce<ShownRun | undefined>(
      (best, run) => (accuracy(run) > accuracy(best) ? run : best),
      undefined,
    );
  }

  /** A run's number, which gives its look. */
  numberOf(folder: string): number {
    return Math.max(0, [...this.byFolder.keys()].indexOf(folder));
  }

  /** Takes an output, or a newer one of the same cell: what the extension has told of its runs is kept. */
  show({ runs }: RunOutput): void {
    const before = this.byFolder;
    this.byFolder = new Map(
      runs.map(reference => {
        const { folder } = reference;
        const name = (runs.length > 1 && reference.variant) || reference.name;
        const known = before.get(folder);
        return [folder, known?.source === 'extension' ? { ...known, name } : ofOutput(reference, name)];
      }),
    );
  }

  /** The extension has been asked for a run. */
  wait(folder: string): void {
    const known = this.byFolder.get(folder);
    if (known && known.source !== 'extension') this.byFolder.set(folder, { ...known, source: 'waiting' });
  }

  /** What the extension knows of a run; runs of other cells are passed over. */
  fill({ folder, run, report, isResumable }: CellRun): void {
    const known = this.byFolder.get(folder);
    if (!known) return;
    if (!run) {
      this.byFolder.set(folder, { ...known, source: 'gone', isResumable: false });
      return;
    }
    // Why a process is gone stands in the output.
    const message = run.status === 'crashed' ? known.curves?.message : undefined;
    const curves = { ...(message === undefined ? {} : { message }), ...curvesOf({ ...run, folder }) };
    const log = new RunLog(run.events);
    this.byFolder.set(folder, { ...known, source: 'extension', curves, report, log, isResumable });
  }

  append(folder: string, event: TrainingEvent): void {
    const known = this.byFolder.get(folder);
    if (known?.source !== 'extension') return;
    known.log.add(event);
    this.byFolder.set(folder, { ...known, curves: withEvent(known.curves!, event) });
  }

  /** A person has asked for a run to stop; the extension will tell the same. */
  setStopping(folder: string, isStopping: boolean): void {
    const known = this.byFolder.get(folder);
    if (known?.curves) this.byFolder.set(folder, { ...known, curves: { ...known.curves, isStopping } });
  }
}

function ofOutput({ folder, summary }: RunReference, name: string): ShownRun {
  const unread = { source: 'output', report: undefined, isResumable: false } as const;
  const run = { folder, name, ...unread, log: new RunLog([]) };
  if (!summary) return { ...run, curves: undefined };
  const { status, model, epochs, bestEpoch, bestAccuracy, seconds, message } = summary;
  return {
    ...run,
    curves: {
      ...{ folder, name, status, isStopping: false, time: 0, model, epochs, points: [], seconds },
      ...(bestEpoch < 0 ? {} : { best: { epoch: bestEpoch, accuracy: bestAccuracy } }),
      ...(message === undefined ? {} : { message }),
    },
  };
}
