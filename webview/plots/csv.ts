import { csvText } from '../../src/protocol/csvText';
import type { RunCurves } from '../charts/curves';

const COLUMNS = [
  'run',
  'model',
  'epoch',
  'lr',
  'train_loss',
  'train_accuracy',
  'train_seconds',
  'test_loss',
  'test_accuracy',
  'test_seconds',
  'best',
];

/** Runs as a CSV (RFC 4180): a line per epoch. A number that is not known is an empty field. */
export function toCsv(runs: readonly RunCurves[]): string {
  const rows = runs.flatMap(({ name, model, points, best }) =>
    points.map(({ epoch, lr, train, test }) => [
      csvText(name),
      csvText(model),
      ...[
        epoch,
        lr,
        train?.loss,
        train?.accuracy,
        train?.seconds,
        test?.loss,
        test?.accuracy,
        test?.seconds,
      ].map(value => value ?? ''),
      epoch === best?.epoch ? 1 : 0,
    ]),
  );
  return [COLUMNS, ...rows].map(row => `${row.join(',')}\r\n`).join('');
}
