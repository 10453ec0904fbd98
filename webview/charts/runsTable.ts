import { duration } from '../../src/protocol/eventText';
import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import type { RunCurves } from './curves';
import { RunRows, type RunRow } from './runRows';
import { runStyle, swatch } from './runStyle';
import { statusWord } from './statusWord';
import { button, checkbox, element, setAttribute, setText } from '../elements';
import { lossText } from '../numbers';

export interface RunsTableOptions {
  onChoose(folder: string, show: boolean): void;
  onOpenBestEpoch(folder: string): void;
}

interface Row extends RunRow {
  setName(name: string): void;
  setShown(shown: boolean): void;
  setOpens(opens: boolean): void;
}

/** The runs with what came of them: the legend of the charts, where each is switched on and off. */
export class RunsTable {
  private readonly rows = new RunRows<RunCurves, Row>({
    ...{ label: t('Runs'), frame: 'scroll', table: 'runs' },
    heads: [
      t('Run'),
      t('Model'),
      t('Epochs'),
      t('Best test accuracy'),
      t('Loss there'),
      t('Status'),
      t('Time'),
      '',
    ],
    numbers: [2, 3, 4, 6],
  });
  readonly element = this.rows.element;

  constructor(private readonly options: RunsTableOptions) {}

  update(
    runs: readonly RunCurves[],
    shown: readonly RunCurves[],
    numberOf: (folder: string) => number,
  ): void {
    this.rows.update(
      runs,
      run => this.newRow(run, numberOf(run.folder)),
      (row, run) => {
        row.setName(run.name);
        row.setShown(shown.includes(run));
        row.setOpens(run.best !== undefined);
        return cellTexts(run);
      },
    );
  }

  private newRow({ folder, name }: RunCurves, number: number): Row {
    const text = element('span', { class: 'name' }, name);
    const shown = checkbox([swatch(runStyle(number)), text], false, show =>
      this.options.onChoose(folder, show),
    );
    const open = button(t('Best Epoch').replace(' ', '\u00a0'), () => this.options.onOpenBestEpoch(folder));
    const row = this.rows.row([shown.element], open);
    return {
      ...row,
      setName: value => {
        setText(text, value);
        setAttribute(row.element, 'title', folder);
        setAttribute(shown.element, 'aria-label', t('Show {0}', value));
        setAttribute(open, 'aria-label', t('Best epoch of {0}', value));
      },
      setShown: value => shown.set(value),
      setOpens: value => open.toggleAttribute('hidden', !value),
    };
  }
}

function cellTexts(run: RunCurves): readonly string[] {
  const there = run.points.find(({ epoch }) => epoch === run.best?.epoch);
  return [
    run.model,
    run.epochs > 0 ? t('{0} of {1}', run.points.filter(({ test }) => test).length, run.epochs) : '–',
    run.best ? t('{0} in epoch {1}', percent(run.best.accuracy), run.best.epoch) : '–',
    lossText(there?.test?.loss),
    statusWord(run),
    run.seconds === undefined ? '–' : duration(run.seconds),
  ];
}
