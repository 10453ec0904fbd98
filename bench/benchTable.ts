import type { Case, Rival } from './cases';
import type { MatmulShare } from './matmulShare';
import { median, wholeJob, type Measurement } from './measureRun';

export interface CaseResult {
  readonly benchmark: Case;
  readonly runs: readonly (readonly [Rival, readonly Measurement[]])[];
}

const NAMES: Readonly<Record<Rival, string>> = {
  article: 'PyTorch, the article’s loop (a)',
  tuned: 'PyTorch, tuned (b)',
  cached: 'PyTorch, features cached (c)',
  thaw: 'Thaw, float32',
  thawBfloat16: 'Thaw, bfloat16',
};

const PRECISION = { thaw: 'float32', thawBfloat16: 'bfloat16' } as const;

/** The medians as Markdown: a table for each case, and how close the features come to the machine's matrix multiplication. */
export function benchTable(results: readonly CaseResult[], share: MatmulShare): string {
  const { matmul, features } = share;
  return [
    ...results.map(caseTable),
    `VGG16's features: ${features.toFixed(0)} GFLOP/s, ${share.share.toFixed(2)} of the ${matmul.toFixed(0)} of a matrix multiplication.`,
  ].join('\n\n');
}

function caseTable({ benchmark, runs }: CaseResult): string {
  const { name, train, test, epochs } = benchmark;
  const took = new Map(runs.map(([rival, measured]) => [rival, median(measured.map(of(benchmark)))]));
  const ratio = (theirs: Rival, ours: Rival): string => {
    const [a, b] = [took.get(theirs), took.get(ours)];
    return a === undefined || b === undefined ? '' : `${(a / b).toFixed(2)}x`;
  };
  const ours = (['thaw', 'thawBfloat16'] as const).filter(rival => took.has(rival));
  const columns = [
    'seconds',
    ...ours.map(rival => `${PRECISION[rival]} is`),
    'first epoch ended after',
    'peak memory',
  ];
  const what = epochs === 1 ? 'an epoch' : `${epochs} epochs`;
  return [
    `**${name}**: ${what} of ${train} + ${test} photos`,
    '',
    `| | ${columns.join(' | ')} |`,
    `|${'---|'.repeat(columns.length + 1)}`,
    ...runs.map(([rival, measured]) =>
      [
        `| ${NAMES[rival]} | ${took.get(rival)!.toFixed(2)}${isExtrapolated(benchmark, measured) ? ' *' : ''}`,
        ...ours.map(own => (rival === own ? '' : ratio(rival, own))),
        `${median(measured.map(run => run.epochs[0]!)).toFixed(1)} s`,
        `${(median(measured.map(run => run.peakBytes)) / 1e9).toFixed(2)} GB |`,
      ].join(' | '),
    ),
    ...(runs.some(([, measured]) => isExtrapolated(benchmark, measured))
      ? [
          '',
          `\\* The first epochs measured (${measured(runs)} or more), the others counted as the later of them, since epochs are alike.`,
        ]
      : []),
  ].join('\n');
}

/** What is compared: the median epoch after the first, or the whole job. */
function of({ epochs }: Case): (run: Measurement) => number {
  return run => (epochs === 1 ? median(run.epochs.slice(1)) : wholeJob(run, epochs));
}

function isExtrapolated({ epochs }: Case, runs: readonly Measurement[]): boolean {
  return runs.some(run => run.epochs.length < epochs);
}

function measured(runs: CaseResult['runs']): number {
  return Math.min(...runs.flatMap(([, all]) => all.map(run => run.epochs.length)));
}
