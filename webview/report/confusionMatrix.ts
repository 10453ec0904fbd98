import type { ClassificationMetrics } from '../../src/protocol/pageMessages';
import { button, element } from '../elements';
import { counted } from '../numbers';
import { mostConfused } from '../../src/protocol/mostConfused';

/** Of the confusion matrix: pictures of a class that were taken for a class. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

export interface ConfusionMatrixOptions {
  /** More classes make no matrix that can be read: what is confused most is listed instead. */
  readonly mostClasses: number;
  readonly mostListed: number;
  /** Left out: a table to read, of which nothing can be chosen. */
  onChoose?(cell: Cell): void;
}

/** With more classes the heads of the columns stand upright. */
const LEVEL_HEADS = 5;

/**
 * The confusion matrix. Where its cells can be chosen it is a grid: one stop of the Tab key, arrows move, Enter or a
 * click chooses.
 */
export class ConfusionMatrix {
  readonly element: HTMLElement;
  private readonly cells: HTMLTableCellElement[][] = [];
  private focused: Cell = { label: 0, predicted: 0 };

  constructor(
    private readonly metrics: ClassificationMetrics,
    private readonly options: ConfusionMatrixOptions,
  ) {
    this.element = metrics.classes.length > options.mostClasses ? this.list() : this.table();
  }

  select(chosen: Cell | undefined): void {
    this.cells.forEach((row, label) =>
      row.forEach((cell, predicted) => {
        cell.setAttribute('aria-selected', String(isSame({ label, predicted }, chosen)));
      }),
    );
    if (chosen) this.moveStop(chosen);
  }

  private table(): HTMLElement {
    const { classes, matrix } = this.metrics;
    const names = classes.map(({ name }) => name);
    const rows = matrix.map((row, label) => {
      this.cells[label] = row.map((count, predicted) => this.cell({ label, predicted }, count));
      return element(
        'tr',
        this.role('row'),
        element('th', { ...this.role('rowheader'), scope: 'row', title: names[label] }, names[label]!),
        ...this.cells[label],
      );
    });
    const heads = names.map(name =>
      element('th', { ...this.role('columnheader'), scope: 'col', title: name }, element('span', {}, name)),
    );
    const table = element(
      'table',
      {
        ...this.role('grid'),
        class: ['matrix', ...(classes.length > LEVEL_HEADS ? ['upright'] : [])].join(' '),
        'aria-label':
          'Confusion matrix: rows are the classes of the pictures, columns what they were taken for',
      },
      element(
        'thead',
        this.role('rowgroup'),
        element(
          'tr',
          this.role('row'),
          element('td', { ...this.role('gridcell'), class: 'corner' }),
          ...heads,
        ),
      ),
      element('tbody', this.role('rowgroup'), ...rows),
    );
    if (this.options.onChoose) {
      table.addEventListener('keydown', event => this.onKey(event));
      this.moveStop(this.focused);
    }
    const hint = this.options.onChoose ? ' Choose a cell to see its pictures.' : '';
    return element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet' },
        `Rows: what the pictures show. Columns: what they were taken for.${hint}`,
      ),
      // Without a stop of its own in it, a box that scrolls is one.
      element(
        'div',
        {
          class: 'scroll',
          ...(hint ? {} : { tabindex: 0, role: 'group', 'aria-label': 'Confusion matrix' }),
        },
        table,
      ),
    );
  }

  /** The parts of a grid have roles of their own; those of a table say it by their tags. */
  private role(role: string): { readonly role: string | undefined } {
    return { role: this.options.onChoose ? role : undefined };
  }

  private cell(place: Cell, count: number): HTMLTableCellElement {
    const { classes } = this.metrics;
    const { onChoose } = this.options;
    const right = place.label === place.predicted;
    const label = classes[place.label]!;
    const taken = right ? 'recognized' : `taken for ${classes[place.predicted]!.name}`;
    const cell = element(
      'td',
      {
        ...this.role('gridcell'),
        tabindex: onChoose ? -1 : undefined,
        class: [right ? 'right' : 'wrong', count === 0 ? 'none' : 'some'].join(' '),
        'aria-label': `${counted(count, 'picture')} of ${label.name} ${taken}`,
      },
      // Many zeros would hide what is there.
      count === 0 && classes.length > LEVEL_HEADS ? '·' : String(count),
    );
    cell.style.setProperty('--share', String(label.support === 0 ? 0 : count / label.support));
    if (onChoose) cell.addEventListener('click', () => onChoose(place));
    return cell;
  }

  private onKey(event: KeyboardEvent): void {
    const { label, predicted } = this.focused;
    const last = this.cells.length - 1;
    const to: Cell | undefined = {
      ArrowUp: { label: label - 1, predicted },
      ArrowDown: { label: label + 1, predicted },
      ArrowLeft: { label, predicted: predicted - 1 },
      ArrowRight: { label, predicted: predicted + 1 },
      Home: { label, predicted: 0 },
      End: { label, predicted: last },
    }[event.key];
    if (to) {
      this.moveStop({
        label: Math.min(Math.max(to.label, 0), last),
        predicted: Math.min(Math.max(to.predicted, 0), last),
      });
      this.cells[this.focused.label]![this.focused.predicted]!.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.options.onChoose?.(this.focused);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** The cell that the Tab key stops at. */
  private moveStop(to: Cell): void {
    this.cells[this.focused.label]?.[this.focused.predicted]?.setAttribute('tabindex', '-1');
    this.focused = to;
    this.cells[to.label]?.[to.predicted]?.setAttribute('tabindex', '0');
  }

  private list(): HTMLElement {
    const { classes, matrix } = this.metrics;
    const { onChoose, mostListed } = this.options;
    const items = mostConfused(matrix, mostListed).map(({ count, ...cell }) => {
      const text = `${classes[cell.label]!.name} taken for ${classes[cell.predicted]!.name}: ${count}`;
      return element('li', {}, onChoose ? button(text, () => onChoose(cell)) : text);
    });
    return element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet' },
        `${classes.length} classes are too many for a matrix: these are confused most.`,
      ),
      element('ol', { class: 'confused' }, ...items),
    );
  }
}

function isSame(cell: Cell, other: Cell | undefined): boolean {
  return cell.label === other?.label && cell.predicted === other.predicted;
}
