import { element, setText } from './elements';

/** A line that says what went wrong; not there where nothing did. */
export class ErrorLine {
  readonly element = element('p', { class: 'error', role: 'alert', hidden: true });

  show(error: unknown): void {
    setText(this.element, error instanceof Error ? error.message : String(error));
    this.element.hidden = false;
  }

  clear(): void {
    this.element.hidden = true;
  }
}
