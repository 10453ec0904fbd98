import { printable } from '../src/protocol/printable';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An HTML element. Attributes that are false or undefined are left out; strings become text, never markup, and have
 * nothing that turns words around. Styles are classes: the page's policy forbids a `style` attribute.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag];
export function element(
  tag: string,
  attributes?: Attributes,
  ...children: readonly (Node | string)[]
): HTMLElement;
export function element(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element, likewise. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<Made extends Element>(
  made: Made,
  attributes: Attributes,
  children: readonly (Node | string)[],
): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === 'src') made.setAttribute(name, String(value));
    else setAttribute(made, name, value === true ? '' : String(value));
  }
  made.append(...children.map(child => (typeof child === 'string' ? printable(child) : child)));
  return made;
}

/** Sets what an element says, where that is another text, as `element` does. */
export function setText(of: Element, text: string): void {
  const shown = printable(text);
  if (of.textContent !== shown) of.textContent = shown;
}

/** Sets what is read out or hovers, as `element` does. */
export function setAttribute(of: Element, name: string, text: string): void {
  of.setAttribute(name, printable(text));
}

/** A table, or more, in a box that scrolls where there is no room: it can be reached by keys and has a name. */
export function scrolled(label: string, ...children: readonly Node[]): HTMLElement {
  return element('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label }, ...children);
}

/** A button of the toolkit. */
export function button(
  label: string,
  onClick: () => void,
  { primary = false, describe }: { readonly primary?: boolean; readonly describe?: string } = {},
): HTMLElement {
  const made = element(
    'vscode-button',
    { appearance: primary ? 'primary' : 'secondary', 'aria-label': describe ?? label },
    label,
  );
  made.addEventListener('click', onClick);
  return made;
}

/** A checkbox of the toolkit; `set` changes what it shows without telling `onChange`. */
export function checkbox(
  label: readonly (Node | string)[],
  checked: boolean,
  onChange: (checked: boolean) => void,
): { readonly element: HTMLElement; set(checked: boolean): void } {
  const made = element('vscode-checkbox', {}, ...label) as HTMLElement & { checked: boolean };
  made.checked = checked;
  let telling = true;
  made.addEventListener('change', () => {
    if (telling) onChange(made.checked);
  });
  return {
    element: made,
    set: value => {
      telling = false;
      made.checked = value;
      telling = true;
    },
  };
}
