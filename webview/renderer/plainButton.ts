import { element } from '../elements';

/**
 * A button of the browser's, in the theme's colours. The toolkit's is for pages: in a notebook all renderers share one
 * document, and with it the names of custom elements, of which the first to come has the say.
 */
export function plainButton(
  label: string,
  onClick: () => void,
  { primary = false, describe }: { readonly primary?: boolean; readonly describe?: string } = {},
): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', class: primary ? 'plain-button primary' : 'plain-button', title: describe },
    label,
  );
  made.addEventListener('click', onClick);
  return made;
}
