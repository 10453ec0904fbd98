import { element, setText } from '../elements';

/** The row of a run: a head, then cells with what came of it, then its button. */
export interface RunRow {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
}

/** A table of runs. `heads`: of its columns, '' for that of the buttons, the last; `numbers`: which columns hold numbers. */
export interface RunRowsOptions {
  readonly label: string;
  readonly frame: string;
  readonly table?: string;
  readonly heads: readonly string[];
  readonly numbers: readonly number[];
}

/** A table with a row for each run, which keeps its rows, and with them the focus, as the runs change. */
export class RunRows<Run extends { readonly folder: string }, Row extends RunRow> {
  readonly element: HTMLElement;
  private readonly body = element('tbody');
  private readonly rows = new Map<string, Row>();

  constructor(private readonly options: RunRowsOptions) {
    const { label, frame, table, heads } = options;
    const cells = heads.map((text, index) =>
      text === '' ? element('td') : element('th', { scope: 'col', class: this.classOf(index) }, text),
    );
    this.element = element(
      'div',
      { class: frame, role: 'region', tabindex: 0, 'aria-label': label },
      element('table', { class: table }, element('thead', {}, element('tr', {}, ...cells)), this.body),
    );
  }

  /** Brings the rows to these runs, in their order: `newRow` makes what is not there, `fill` returns the cells' texts. */
  update(
    runs: readonly Run[],
    newRow: (run: Run) => Row,
    fill: (row: Row, run: Run) => readonly string[],
  ): void {
    const rows = runs.map(run => {
      const row = this.rows.get(run.folder) ?? newRow(run);
      this.rows.set(run.folder, row);
      fill(row, run).forEach((text, index) => setText(row.cells[index]!, text));
      return row.element;
    });
    const folders = new Set(runs.map(({ folder }) => folder));
    for (const folder of this.rows.keys()) if (!folders.has(folder)) this.rows.delete(folder);
    // Moving an element takes the focus from it.
    const same =
      rows.length === this.body.children.length && rows.every((row, i) => row === this.body.children[i]);
    if (!same) this.body.replaceChildren(...rows);
  }

  /** The elements of a new row. */
  row(head: readonly (Node | string)[], button: HTMLElement): RunRow {
    const cells = this.options.heads
      .slice(1, -1)
      .map((_, index) => element('td', { class: this.classOf(index + 1) }));
    return {
      element: element(
        'tr',
        {},
        element('th', { scope: 'row' }, ...head),
        ...cells,
        element('td', { class: 'number' }, button),
      ),
      cells,
    };
  }

  private classOf(column: number): string {
    return this.options.numbers.includes(column) ? 'number' : '';
  }
}
