import { basename, isAbsolute } from 'node:path';
import { duration } from '../../protocol/eventText';
import { markdownCode, markdownTable, markdownText } from '../../protocol/markdown';
import { mostConfused } from '../../protocol/mostConfused';
import { intervalText, percent, ratio } from '../../protocol/numberText';
import type { RunStartedEvent, TrainingEvent } from '../../protocol/trainingEvent';
import { wilsonInterval } from '../../protocol/wilsonInterval';
import { mistakes } from '../run/bestEpoch';
import { curvesChart } from './curvesChart';
import type { ReportedRun } from './reportedRun';

/** Larger matrices are told by what is confused most. */
const MOST_COLUMNS = 12;
const MOST_LISTED = 10;

/**
 * A run in Markdown, to be pasted into a pull request: what was trained, how well, its curves (as a Mermaid chart),
 * classes, confusions, the most confident mistakes, and the recipe.
 */
export function runReport(run: ReportedRun): string {
  const { name, best } = run;
  const lines = [
    `# ${markdownText(name)}`,
    '',
    ...facts(run),
    '',
    ...curvesChart('Accuracy of training and test by epoch', run.phases),
    '## Classes',
    '',
    ...classes(run),
    '',
    '## Taken for another class',
    '',
    ...confusions(run),
    '',
    ...worst(run),
    '## Recipe',
    '',
    '```json',
    JSON.stringify(best.settings.recipe, (_, value: unknown) => withoutPlace(value), 2),
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

function facts({ best, started, ended }: ReportedRun): readonly string[] {
  const { settings, metrics, epoch, loss, calibration } = best;
  const { recipe, resolved } = settings;
  const interval = intervalText(wilsonInterval(metrics.accuracy, metrics.samples), 2);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Test accuracy', `**${percent(metrics.accuracy, 2)}** (95% interval ${interval})`],
    ['Balanced accuracy', percent(metrics.balancedAccuracy, 2)],
    ['Macro-F1', metrics.macroF1.toFixed(4)],
    ['Test loss', loss.toFixed(4)],
    ['Expected calibration error', calibration.error.toFixed(3)],
    ['Best epoch', epoch === undefined ? undefined : `${epoch} of ${Number(recipe.epochs)}`],
    [
      'Model',
      `${markdownCode(String(recipe.model))}, weights ${markdownCode(String(withoutPlace(recipe.weights ?? '–')))}`,
    ],
    ['Trains', started && trains(started, best.events)],
    [
      'Pictures',
      started
        ? `${count(started.train)} to train, ${count(started.test)} to test`
        : `${count(metrics.samples)} to test`,
    ],
    [
      'Engine',
      resolved.engine &&
        markdownText(`${resolved.engine.name} ${resolved.engine.version}, ${resolved.engine.device}`),
    ],
    ['Took', ended && duration(ended.seconds)],
  ];
  return markdownTable(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    2,
  );
}

function classes({ best }: ReportedRun): readonly string[] {
  return markdownTable(
    ['Class', 'Precision', 'Recall', 'F1', 'Support'],
    best.metrics.classes.map(({ name, precision, recall, f1, support }) => [
      markdownText(name),
      ...[precision, recall, f1].map(ratio),
      count(support),
    ]),
  );
}

function confusions({ best }: ReportedRun): readonly string[] {
  const { matrix } = best.metrics;
  const names = best.metrics.classes.map(({ name }) => markdownText(name));
  if (names.length <= MOST_COLUMNS) {
    const rows = matrix.map((row, label) => [
      names[label]!,
      ...row.map((pictures, predicted) => (label === predicted ? `**${pictures}**` : String(pictures))),
    ]);
    return markdownTable(['Is, taken for', ...names], rows);
  }
  const listed = mostConfused(matrix, MOST_LISTED);
  if (listed.length === 0) return ['Nothing.'];
  return markdownTable(
    ['Is', 'Taken for', 'Pictures'],
    listed.map(({ label, predicted, count }) => [names[label]!, names[predicted]!, String(count)]),
    2,
  );
}

function worst({ best }: ReportedRun): readonly string[] {
  const { pictures, metrics } = best;
  const indices = mistakes(pictures).slice(0, MOST_LISTED);
  if (indices.length === 0) return [];
  const nameOf = (index: number): string => markdownText(metrics.classes[index]!.name);
  const rows = indices.map(index => {
    const { image, label, predicted, probabilities } = pictures[index]!;
    return [markdownCode(image), nameOf(label), nameOf(predicted), percent(probabilities[predicted], 2)];
  });
  return [
    '## Most confident mistakes',
    '',
    ...markdownTable(['Picture', 'Is', 'Taken for', 'Probability'], rows, 3),
    '',
  ];
}

function trains({ trainable, parameters }: RunStartedEvent, events: readonly TrainingEvent[]): string {
  const later = events.flatMap(event =>
    event.kind === 'unfrozen' ? [`, ${count(event.trainable)} from epoch ${event.epoch} on`] : [],
  );
  return `${count(trainable)} of ${count(parameters)} parameters${later.join('')}`;
}

/** Of absolute paths the last name: where a person keeps things is nobody else's business. */
function withoutPlace(value: unknown): unknown {
  return typeof value === 'string' && isAbsolute(value) ? `…/${basename(value)}` : value;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
