import { t } from '../../src/protocol/language';
import { button, element } from '../elements';

/** Of a matrix of classes: pictures of a class that were taken for a class. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/** A matrix with a row and a column for each class. */
export interface MatrixContent {
  /** What it is. */
  readonly title: string;
  /** Of the classes. */
  readonly names: readonly string[];
  /** What rows and columns are. */
  readonly about: string;
  cell(place: Cell): MatrixCell;
  /** What counts most, for too many classes, and what that is. */
  readonly listed: readonly { readonly place: Cell; readonly text: string }[];
  readonly aboutList: string;
}

export interface MatrixCell {
  /** Empty: nothing there. */
  readonly text: string;
  readonly isGood: boolean;
  /** How strong its colour is, from 0 to 1. */
  readonly share: number;
  /** What a screen reader says of it. */
  readonly spoken: string;
}

export interface MatrixGridOptions {
  /** More classes make no matrix that can be read: what counts most is listed instead. */
  readonly mostClasses: number;
  /** Left out: a table to read, of which nothing can be chosen. */
  onChoose?(cell: Cell): void;
}

/** With more classes the heads of the columns stand upright. */
const LEVEL_HEADS = 5;

/**
 * A matrix of classes. Where its cells can be chosen it is a grid: one stop of the Tab key, arrows move, Enter or a
 * click chooses.
 */
export class MatrixGrid {
  readonly element: HTMLElement;
  private readonly cells: HTMLTableCellElement[][] = [];
  private focused: Cell = { label: 0, predicted: 0 };

  constructor(
    private readonly content: MatrixContent,
    private readonly options: MatrixGridOptions,
  ) {
    this.element = content.names.length > options.mostClasses ? this.list() : this.table();
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
    const { title, names, about } = this.content;
    const rows = names.map((name, label) => {
      const cells = names.map((_, predicted) => this.cell({ label, predicted }));
      this.cells[label] = cells;
      const head = element('th', { ...this.role('rowheader'), scope: 'row', title: name }, name);
      return element('tr', this.role('row'), head, ...cells);
    });
    const heads = names.map(name =>
      element('th', { ...this.role('columnheader'), scope: 'col', title: name }, element('span', {}, name)),
    );
    const table = element(
      'table',
      {
        ...this.role('grid'),
        class: ['matrix', ...(names.length > LEVEL_HEADS ? ['upright'] : [])].join(' '),
        'aria-label': t('{0}: rows are the classes of the pictures, columns what they were taken for', title),
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
    return element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet' },
        this.options.onChoose ? t('{0} Choose a cell to see its pictures.', about) : about,
      ),
      // Without a stop of its own in it, a box that scrolls is one.
      element(
        'div',
        {
          class: 'scroll',
          ...(this.options.onChoose ? {} : { tabindex: 0, role: 'group', 'aria-label': title }),
        },
        table,
      ),
    );
  }

  /** The parts of a grid have roles of their own; those of a table say it by their tags. */
  private role(role: string): { readonly role: string | undefined } {
    return { role: this.options.onChoose ? role : undefined };
  }

  private cell(place: Cell): HTMLTableCellElement {
    const { onChoose } = this.options;
    const { text, isGood, share, spoken } = this.content.cell(place);
    const cell = element(
      'td',
      {
        ...this.role('gridcell'),
        tabindex: onChoose ? -1 : undefined,
        class: [isGood ? 'right' : 'wrong', text === '' ? 'none' : 'some'].join(' '),
        'aria-label': spoken,
      },
      // Many zeros would hide what is there.
      text || (this.content.names.length > LEVEL_HEADS ? '·' : '0'),
    );
    cell.style.setProperty('--share', String(share));
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
    const { names, listed, aboutList } = this.content;
    const { onChoose } = this.options;
    const items = listed.map(({ place, text }) =>
      element('li', {}, onChoose ? button(text, () => onChoose(place)) : text),
    );
    return element(
      'div',
      {},
      element(
        'p',
        { class: 'quiet' },
        t('{0} classes are too many for a matrix: {1}', names.length, aboutList),
      ),
      element('ol', { class: 'confused' }, ...items),
    );
  }
}

function isSame(cell: Cell, other: Cell | undefined): boolean {
  return cell.label === other?.label && cell.predicted === other.predicted;
}
