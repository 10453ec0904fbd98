import { basename, isAbsolute } from 'node:path';
import { duration } from '../../protocol/eventText';
import { t } from '../../protocol/language';
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
    ...curvesChart(t('Accuracy of training and test by epoch'), run.phases),
    `## ${t('Classes')}`,
    '',
    ...classes(run),
    '',
    `## ${t('Taken for another class')}`,
    '',
    ...confusions(run),
    '',
    ...worst(run),
    `## ${t('Recipe')}`,
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
    [t('Test accuracy'), t('**{0}** (95% interval {1})', percent(metrics.accuracy, 2), interval)],
    [t('Balanced accuracy'), percent(metrics.balancedAccuracy, 2)],
    [t('Macro-F1'), metrics.macroF1.toFixed(4)],
    [t('Test loss'), loss.toFixed(4)],
    [t('Expected calibration error'), calibration.error.toFixed(3)],
    [t('Best epoch'), epoch === undefined ? undefined : t('{0} of {1}', epoch, Number(recipe.epochs))],
    [
      t('Model'),
      t(
        '{0}, weights {1}',
        markdownCode(String(recipe.model)),
        markdownCode(String(withoutPlace(recipe.weights ?? '–'))),
      ),
    ],
    [t('Trains'), started && trains(started, best.events)],
    [
      t('Pictures'),
      started
        ? t('{0} to train, {1} to test', count(started.train), count(started.test))
        : t('{0} to test', count(metrics.samples)),
    ],
    [
      t('Engine'),
      resolved.engine &&
        markdownText(`${resolved.engine.name} ${resolved.engine.version}, ${resolved.engine.device}`),
    ],
    [t('Took'), ended && duration(ended.seconds)],
  ];
  return markdownTable(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    2,
  );
}

function classes({ best }: ReportedRun): readonly string[] {
  return markdownTable(
    [t('Class'), t('Precision'), t('Recall'), 'F1', t('Support')],
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
    return markdownTable([t('Is, taken for'), ...names], rows);
  }
  const listed = mostConfused(matrix, MOST_LISTED);
  if (listed.length === 0) return [t('Nothing.')];
  return markdownTable(
    [t('Is'), t('Taken for'), t('Pictures')],
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
    `## ${t('Most confident mistakes')}`,
    '',
    ...markdownTable([t('Picture'), t('Is'), t('Taken for'), t('Probability')], rows, 3),
    '',
  ];
}

function trains({ trainable, parameters }: RunStartedEvent, events: readonly TrainingEvent[]): string {
  const later = events.flatMap(event =>
    event.kind === 'unfrozen' ? [t(', {0} from epoch {1} on', count(event.trainable), event.epoch)] : [],
  );
  return t('{0} of {1} parameters{2}', count(trainable), count(parameters), later.join(''));
}

/** Of absolute paths the last name: where a person keeps things is nobody else's business. */
function withoutPlace(value: unknown): unknown {
  return typeof value === 'string' && isAbsolute(value) ? `…/${basename(value)}` : value;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
