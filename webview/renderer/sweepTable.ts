import { duration } from '../../src/protocol/eventText';
import { runStyle, swatch } from '../charts/runStyle';
import { statusWord } from '../charts/statusWord';
import { element } from '../elements';
import { percent } from '../numbers';
import type { CellModel, ShownRun } from './cellModel';
import { epochsText } from './epochsText';
import { plainButton } from './plainButton';

const HEADS = ['Variant', 'Best test accuracy', 'Epochs', 'Status', 'Time', ''];
/** Columns of numbers. */
const NUMBERS: readonly number[] = [1, 2, 4];

interface Row {
  readonly element: HTMLTableRowElement;
  readonly name: HTMLElement;
  readonly cells: readonly HTMLTableCellElement[];
  readonly inspect: HTMLButtonElement;
}

/** The runs of a sweep with what came of them: the legend of the charts. */
export class SweepTable {
  readonly element: HTMLElement;
  private readonly body = element('tbody');
  private readonly rows = new Map<string, Row>();

  constructor(private readonly onInspect: (folder: string) => void) {
    const heads = HEADS.map((text, index) =>
      text === ''
        ? element('td')
        : element('th', { scope: 'col', class: NUMBERS.includes(index) ? 'number' : '' }, text),
    );
    this.element = element(
      'div',
      { class: 'scroll sweep', role: 'region', tabindex: 0, 'aria-label': 'Runs of the sweep' },
      element('table', {}, element('thead', {}, element('tr', {}, ...heads)), this.body),
    );
  }

  update(model: CellModel): void {
    const { runs, best } = model;
    const rows = runs.map(run => {
      const row = this.rows.get(run.folder) ?? this.newRow(run, model.numberOf(run.folder));
      row.element.classList.toggle('best', run === best);
      row.name.textContent = run.name;
      row.name.title = run.name;
      row.inspect.hidden = run.source !== 'extension' || !run.curves?.best;
      row.inspect.setAttribute('aria-label', `Inspect ${run.name}`);
      cellTexts(run, run === best).forEach((text, index) => {
        const cell = row.cells[index]!;
        if (cell.textContent !== text) cell.textContent = text;
      });
      return row.element;
    });
    const folders = new Set(runs.map(({ folder }) => folder));
    for (const folder of this.rows.keys()) if (!folders.has(folder)) this.rows.delete(folder);
    // Moving an element takes the focus from it.
    const same =
      rows.length === this.body.children.length && rows.every((row, i) => row === this.body.children[i]);
    if (!same) this.body.replaceChildren(...rows);
  }

  private newRow({ folder }: ShownRun, number: number): Row {
    const name = element('span', { class: 'name' });
    const inspect = plainButton('Inspect', () => this.onInspect(folder));
    const cells = HEADS.slice(1, -1).map((_, index) =>
      element('td', { class: NUMBERS.includes(index + 1) ? 'number' : '' }),
    );
    const row: Row = {
      element: element(
        'tr',
        {},
        element('th', { scope: 'row' }, swatch(runStyle(number)), name),
        ...cells,
        element('td', { class: 'number' }, inspect),
      ),
      ...{ name, cells, inspect },
    };
    this.rows.set(folder, row);
    return row;
  }
}

function cellTexts(run: ShownRun, isBest: boolean): readonly string[] {
  const { curves } = run;
  if (!curves) return ['–', '–', 'Not known', '–'];
  const { best, seconds } = curves;
  return [
    best ? `${isBest ? 'best: ' : ''}${percent(best.accuracy)} in epoch ${best.epoch}` : '–',
    epochsText(run),
    statusWord(curves),
    seconds === undefined ? '–' : duration(seconds),
  ];
}
