import { duration } from '../../src/protocol/eventText';
import type { RunCurves } from '../charts/curves';
import { runStyle, swatch } from '../charts/runStyle';
import { statusWord } from '../charts/statusWord';
import { button, checkbox, element } from '../elements';
import { lossText, percent } from '../numbers';

export interface RunsTableOptions {
  onChoose(folder: string, show: boolean): void;
  onOpenBestEpoch(folder: string): void;
}

interface Row {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
  setName(name: string): void;
  setShown(shown: boolean): void;
  setOpens(opens: boolean): void;
}

/** The runs with what came of them: the legend of the charts, where each is switched on and off. */
export class RunsTable {
  readonly element: HTMLElement;
  private readonly body = element('tbody');
  private readonly rows = new Map<string, Row>();

  constructor(private readonly options: RunsTableOptions) {
    const heads = ['Run', 'Model', 'Epochs', 'Best test accuracy', 'Loss there', 'Status', 'Time', ''].map(
      (text, index) =>
        text === ''
          ? element('td')
          : element('th', { scope: 'col', class: NUMBERS.includes(index) ? 'number' : '' }, text),
    );
    this.element = element(
      'div',
      { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Runs' },
      element('table', { class: 'runs' }, element('thead', {}, element('tr', {}, ...heads)), this.body),
    );
  }

  update(
    runs: readonly RunCurves[],
    shown: readonly RunCurves[],
    numberOf: (folder: string) => number,
  ): void {
    const rows = runs.map(run => {
      const row = this.rows.get(run.folder) ?? this.newRow(run, numberOf(run.folder));
      row.setName(run.name);
      row.setShown(shown.includes(run));
      row.setOpens(run.best !== undefined);
      cellTexts(run).forEach((text, index) => {
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

  private newRow({ folder, name }: RunCurves, number: number): Row {
    const text = element('span', { class: 'name' }, name);
    const shown = checkbox([swatch(runStyle(number)), text], false, show =>
      this.options.onChoose(folder, show),
    );
    const open = button('Best\u00a0Epoch', () => this.options.onOpenBestEpoch(folder));
    const cells = cellTexts(undefined).map((_, index) =>
      element('td', { class: NUMBERS.includes(index + 1) ? 'number' : '' }),
    );
    const row: Row = {
      element: element(
        'tr',
        {},
        element('th', { scope: 'row' }, shown.element),
        ...cells,
        element('td', { class: 'number' }, open),
      ),
      cells,
      setName: value => {
        text.textContent = value;
        row.element.title = folder;
        shown.element.setAttribute('aria-label', `Show ${value}`);
        open.setAttribute('aria-label', `Best epoch of ${value}`);
      },
      setShown: value => shown.set(value),
      setOpens: value => open.toggleAttribute('hidden', !value),
    };
    this.rows.set(folder, row);
    return row;
  }
}

/** Columns of numbers. */
const NUMBERS: readonly number[] = [2, 3, 4, 6];

function cellTexts(run: RunCurves | undefined): readonly string[] {
  const there = run?.points.find(({ epoch }) => epoch === run.best?.epoch);
  return [
    run?.model ?? '',
    run && run.epochs > 0 ? `${run.points.filter(({ test }) => test).length} of ${run.epochs}` : '–',
    run?.best ? `${percent(run.best.accuracy)} in epoch ${run.best.epoch}` : '–',
    lossText(there?.test?.loss),
    run ? statusWord(run) : '',
    run?.seconds === undefined ? '–' : duration(run.seconds),
  ];
}
