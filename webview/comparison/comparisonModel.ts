import type {
  ComparedRun,
  ComparisonContent,
  PairsQuery,
  RunPair,
} from '../../src/protocol/comparisonMessages';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { curvesOf, withEvent, type RunCurves } from '../charts/curves';

/** What the page keeps while it is hidden; the folders bring the panel back after a reload. */
export interface ComparisonState {
  readonly folders: readonly string[];
  /** Folders of the runs whose curves are switched off. */
  readonly hidden: readonly string[];
  readonly logLoss: boolean;
  readonly table: boolean;
  readonly pair: RunPair | undefined;
  readonly which: PairsQuery;
}

/** The runs that are compared, what is shown of them, and which two stand beside each other. */
export class ComparisonModel {
  private curvesByFolder = new Map<string, RunCurves>();
  private readonly hidden: Set<string>;
  private chosen: RunPair | undefined;
  content: ComparisonContent = { runs: [], differences: [] };
  logLoss: boolean;
  table: boolean;
  which: PairsQuery;

  constructor(kept?: ComparisonState) {
    this.hidden = new Set(kept?.hidden);
    this.chosen = kept?.pair;
    this.logLoss = kept?.logLoss ?? false;
    this.table = kept?.table ?? false;
    this.which = kept?.which ?? 'differ';
  }

  get state(): ComparisonState {
    const { hidden, logLoss, table, which } = this;
    const folders = this.content.runs.map(({ folder }) => folder);
    return { folders, hidden: [...hidden], logLoss, table, pair: this.chosen, which };
  }

  fill(content: ComparisonContent): void {
    this.content = content;
    this.curvesByFolder = new Map(
      content.runs.flatMap(({ folder, name, run }) => (run ? [[folder, { ...curvesOf(run), name }]] : [])),
    );
  }

  append(folder: string, event: TrainingEvent): void {
    const curves = this.curvesByFolder.get(folder);
    const { name } = curves ?? {};
    if (curves && name !== undefined) this.curvesByFolder.set(folder, { ...withEvent(curves, event), name });
  }

  /** Of the runs whose folders are there, in order. */
  get curves(): readonly RunCurves[] {
    return [...this.curvesByFolder.values()];
  }

  get shown(): readonly RunCurves[] {
    return this.curves.filter(({ folder }) => !this.hidden.has(folder));
  }

  switch(folder: string, show: boolean): void {
    if (show) this.hidden.delete(folder);
    else this.hidden.add(folder);
  }

  /** A run's number, which gives its look. */
  numberOf(folder: string): number {
    return this.content.runs.findIndex(run => run.folder === folder);
  }

  /** Those with a best epoch: they can stand beside each other. */
  get judged(): readonly ComparedRun[] {
    return this.content.runs.filter(({ best }) => best);
  }

  /** The two that were chosen, else the two best; undefined while there are no two. */
  get pair(): RunPair | undefined {
    const { judged, chosen } = this;
    const isJudged = (folder: string): boolean => judged.some(run => run.folder === folder);
    if (chosen && isJudged(chosen.first) && isJudged(chosen.second)) return chosen;
    const [first, second] = judged.toSorted((a, b) => b.best!.accuracy - a.best!.accuracy);
    return first && second && { first: first.folder, second: second.folder };
  }

  choose(pair: RunPair): void {
    this.chosen = pair;
    this.which = 'differ';
  }

  nameOf(folder: string): string {
    return this.content.runs.find(run => run.folder === folder)?.name ?? '';
  }
}
