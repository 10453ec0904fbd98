import { speak, type DisplayLanguage } from '../src/protocol/language';
import { MessageChannel, type Handlers } from '../src/protocol/messageChannel';

/** The page's line to the extension. */
export interface Host<Page extends object, Extension extends object, State> {
  readonly channel: MessageChannel<Page, Extension>;
  /** What the page kept when it was last shown, if it was. */
  readonly kept: State | undefined;
  keep(state: State): void;
}

/** Connects the page to the extension that shows it, and speaks its language. Call it once, before any text is made. */
export function connectToHost<Page extends object, Extension extends object, State>(
  handlers: Handlers<Page>,
): Host<Page, Extension, State> {
  speak(languageOfDocument());
  const editor = acquireVsCodeApi<State>();
  const channel = new MessageChannel<Page, Extension>({
    handlers,
    send: message => editor.postMessage(message),
  });
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => void channel.receive(data));
  return { channel, kept: editor.getState(), keep: state => void editor.setState(state) };
}

/** The language that the page's document was given: see `pageHtml`. */
function languageOfDocument(): DisplayLanguage {
  const { lang, dataset } = document.documentElement;
  const texts = dataset['texts'];
  return {
    language: lang,
    texts: texts === undefined ? undefined : (JSON.parse(texts) as DisplayLanguage['texts']),
  };
}
