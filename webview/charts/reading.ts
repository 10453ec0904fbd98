import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import { lossText } from '../numbers';
import { remarksOn, type EpochPoint, type RunCurves } from './curves';
import { phaseWord } from './phaseWord';

export type Measure = 'loss' | 'accuracy';

export function measureText(measure: Measure, value: number | undefined): string {
  return measure === 'loss' ? lossText(value) : percent(value, 2);
}

/** Epochs that some run has, ascending. */
export function epochsOf(runs: readonly RunCurves[]): readonly number[] {
  const epochs = new Set(runs.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  return [...epochs].sort((a, b) => a - b);
}

/** The epoch nearest to a place on the axis; undefined when there is none. */
export function nearestEpoch(epochs: readonly number[], place: number): number | undefined {
  return epochs.reduce<number | undefined>(
    (nearest, epoch) =>
      nearest === undefined || Math.abs(epoch - place) < Math.abs(nearest - place) ? epoch : nearest,
    undefined,
  );
}

/** Where a key moves the reading to; undefined for keys that do not move it. Without a reading it begins at the end. */
export function movedReading(
  epochs: readonly number[],
  reading: number | undefined,
  key: string,
): number | undefined {
  const last = epochs.length - 1;
  const at = reading === undefined ? last + 1 : epochs.indexOf(reading);
  const to = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 10,
    PageUp: at + 10,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? undefined : epochs[Math.min(Math.max(to, 0), last)];
}

export function pointAt({ points }: RunCurves, epoch: number): EpochPoint | undefined {
  return points.find(point => point.epoch === epoch);
}

/** What a screen reader says of an epoch. */
export function readingText(runs: readonly RunCurves[], measure: Measure, epoch: number): string {
  const texts = runs.flatMap(run => {
    const point = pointAt(run, epoch);
    if (!point) return [];
    const values = (['train', 'test'] as const).flatMap(phase =>
      point[phase] ? [`${phaseWord(phase)} ${measureText(measure, point[phase][measure])}`] : [],
    );
    const said = [...values, ...remarksOn(run, epoch)].join(', ');
    return [runs.length > 1 ? `${run.name}: ${said}` : said];
  });
  return [t('Epoch {0}', epoch), ...texts].join('; ');
}
