import { speak, t } from '../../src/protocol/language';
import { MessageChannel } from '../../src/protocol/messageChannel';
import type { RendererHost, RendererPage } from '../../src/protocol/notebookOutput';
import baseStyle from '../base.css';
import chartsStyle from '../charts/charts.css';
import { element } from '../elements';
import reportStyle from '../report/report.css';
import type { OutputItem, RendererContext } from './editorTypes';
import { readRunOutput } from './readRunOutput';
import rendererStyle from './renderer.css';
import { RunOutputView } from './runOutputView';

/** The outputs of a notebook: they share one line to the extension. */
export class RunOutputs {
  private readonly views = new Map<string, RunOutputView>();
  /** What is drawn, and where. */
  private readonly drawn = new Map<string, readonly [OutputItem, HTMLElement]>();
  private readonly channel: MessageChannel<RendererPage, RendererHost> | undefined;
  private readonly style = new CSSStyleSheet();

  constructor({ postMessage, onDidReceiveMessage }: RendererContext) {
    this.style.replaceSync([baseStyle, chartsStyle, reportStyle, rendererStyle].join('\n'));
    // Inside an output the theme's classes of the body are out of reach.
    new MutationObserver(() => this.views.forEach(view => view.wearTheme())).observe(document.body, {
      attributeFilter: ['class'],
    });
    if (!postMessage || !onDidReceiveMessage) return;
    const channel = new MessageChannel<RendererPage, RendererHost>({
      handlers: {
        append: ({ folder, event }) => this.views.forEach(view => view.append(folder, event)),
        update: run => this.views.forEach(view => view.fill(run)),
      },
      send: message => postMessage(message),
    });
    onDidReceiveMessage(message => void channel.receive(message));
    this.channel = channel;
    void this.learnLanguage(channel);
  }

  /** Outputs are drawn before the extension answers: in English, and anew where another language is spoken. */
  private async learnLanguage(channel: MessageChannel<RendererPage, RendererHost>): Promise<void> {
    const language = await channel.request('language').catch(() => undefined);
    if (!language?.texts) return;
    speak(language);
    const drawn = [...this.drawn.values()];
    this.dispose();
    for (const [item, place] of drawn) this.render(item, place);
  }

  /** Draws an output into an element of the editor's; one that was drawn before keeps what it shows. */
  render(item: OutputItem, place: HTMLElement): void {
    const output = readRunOutput(dataOf(item));
    if (!output) {
      this.dispose(item.id);
      this.drawn.set(item.id, [item, place]);
      const sentence = t('The data of this output is damaged: run the cell again to draw it.');
      place.replaceChildren(element('p', {}, sentence));
      return;
    }
    this.drawn.set(item.id, [item, place]);
    const view = this.views.get(item.id) ?? new RunOutputView(this.channel, this.style);
    this.views.set(item.id, view);
    if (place.firstChild !== view.element || place.childNodes.length > 1) place.replaceChildren(view.element);
    view.show(output);
  }

  dispose(id?: string): void {
    if (id === undefined) this.drawn.clear();
    else this.drawn.delete(id);
    for (const [known, view] of this.views) {
      if (id !== undefined && known !== id) continue;
      view.dispose();
      this.views.delete(known);
    }
  }
}

function dataOf(item: OutputItem): unknown {
  try {
    return item.json();
  } catch {
    return undefined;
  }
}
