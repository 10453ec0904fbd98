import { element } from '../elements';

/** A button that stays pressed until it is pressed again. It is the browser's own: pages and outputs use it alike. */
export class ToggleButton {
  readonly element: HTMLButtonElement;

  constructor(label: string, onToggle: () => void, describe?: string) {
    this.element = element(
      'button',
      { type: 'button', class: 'toggle', 'aria-pressed': 'false', title: describe },
      label,
    );
    this.element.addEventListener('click', () => {
      this.pressed = !this.pressed;
      onToggle();
    });
  }

  get pressed(): boolean {
    return this.element.ariaPressed === 'true';
  }

  set pressed(pressed: boolean) {
    this.element.ariaPressed = String(pressed);
  }
}
