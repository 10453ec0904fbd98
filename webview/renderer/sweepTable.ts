import { duration } from '../../src/protocol/eventText';
import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import { RunRows, type RunRow } from '../charts/runRows';
import { runStyle, swatch } from '../charts/runStyle';
import { statusWord } from '../charts/statusWord';
import { element, setAttribute, setText } from '../elements';
import type { CellModel, ShownRun } from './cellModel';
import { epochsText } from './epochsText';
import { plainButton } from './plainButton';

interface Row extends RunRow {
  readonly name: HTMLElement;
  readonly inspect: HTMLButtonElement;
}

/** The runs of a sweep with what came of them: the legend of the charts. */
export class SweepTable {
  private readonly rows = new RunRows<ShownRun, Row>({
    ...{ label: t('Runs of the sweep'), frame: 'scroll sweep' },
    heads: [t('Variant'), t('Best test accuracy'), t('Epochs'), t('Status'), t('Time'), ''],
    numbers: [1, 2, 4],
  });
  readonly element = this.rows.element;

  constructor(private readonly onInspect: (folder: string) => void) {}

  update(model: CellModel): void {
    const { runs, best } = model;
    this.rows.update(
      runs,
      run => this.newRow(run, model.numberOf(run.folder)),
      (row, run) => {
        row.element.classList.toggle('best', run === best);
        setText(row.name, run.name);
        setAttribute(row.name, 'title', run.name);
        row.inspect.hidden = run.source !== 'extension' || !run.curves?.best;
        setAttribute(row.inspect, 'aria-label', t('Inspect {0}', run.name));
        return cellTexts(run, run === best);
      },
    );
  }

  private newRow({ folder }: ShownRun, number: number): Row {
    const name = element('span', { class: 'name' });
    const inspect = plainButton(t('Inspect'), () => this.onInspect(folder));
    return { ...this.rows.row([swatch(runStyle(number)), name], inspect), name, inspect };
  }
}

function cellTexts(run: ShownRun, isBest: boolean): readonly string[] {
  const { curves } = run;
  if (!curves) return ['–', '–', t('Not known'), '–'];
  const { best, seconds } = curves;
  return [
    best ? bestText(best, isBest) : '–',
    epochsText(run),
    statusWord(curves),
    seconds === undefined ? '–' : duration(seconds),
  ];
}

function bestText(
  { accuracy, epoch }: { readonly accuracy: number; readonly epoch: number },
  isBest: boolean,
) {
  const text = t('{0} in epoch {1}', percent(accuracy), epoch);
  return isBest ? t('best: {0}', text) : text;
}
