import type { OutputItem, RendererContext } from './editorTypes';
import { RunOutputs } from './runOutputs';

/** What the editor asks of a renderer's module. */
export interface Renderer {
  renderOutputItem(item: OutputItem, element: HTMLElement): void;
  /** Without an id: all of them. */
  disposeOutputItem(id?: string): void;
}

/** The editor calls it once in each notebook, with the line to the extension. */
export function activate(context: RendererContext): Renderer {
  const outputs = new RunOutputs(context);
  return {
    renderOutputItem: (item, element) => outputs.render(item, element),
    disposeOutputItem: id => outputs.dispose(id),
  };
}
