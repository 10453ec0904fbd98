import * as vscode from 'vscode';
import { UserError } from '../core/userError';
import { MessageChannel, type Checks, type Handlers } from '../protocol/messageChannel';
import { displayLanguage } from './displayLanguage';
import { pageHtml } from './pageHtml';

export interface WebviewPageOptions<Own> {
  readonly extensionUri: vscode.Uri;
  /** The bundle's name below `dist/webview`. */
  readonly bundle: string;
  readonly handlers: Handlers<Own>;
  readonly checks: Checks<Own>;
  /** How the page names pictures that are in no file. */
  readonly pictures?: 'blob:' | 'data:';
}

/** A page in a panel: its document and the line to it. Ends with the panel. */
export class WebviewPage<Own extends object, Page extends object> {
  readonly channel: MessageChannel<Own, Page>;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly options: WebviewPageOptions<Own>,
  ) {
    const { handlers, checks } = options;
    this.channel = new MessageChannel<Own, Page>({
      handlers,
      checks,
      send: message => void panel.webview.postMessage(message),
      onError: error => {
        // eslint-disable-next-line no-console -- the extension host's log is where bugs go
        if (!(error instanceof UserError)) console.error(error);
      },
    });
    const listening = panel.webview.onDidReceiveMessage(message => void this.channel.receive(message));
    panel.onDidDispose(() => {
      listening.dispose();
      this.channel.close();
    });
  }

  /** Loads the page, anew if it is there; it may read files below its own folder and below `roots`. */
  load(roots: readonly vscode.Uri[]): void {
    const { panel, options } = this;
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview');
    const address = (file: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [folder, ...roots] };
    webview.html = pageHtml({
      title: panel.title,
      cspSource: webview.cspSource,
      script: address(`${options.bundle}.js`),
      style: address(`${options.bundle}.css`),
      pictures: options.pictures,
      ...displayLanguage(),
    });
  }
}
