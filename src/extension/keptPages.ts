import * as vscode from 'vscode';

export interface KeptPageOptions<Content> {
  /** Identifies the panels to the editor, also across reloads. */
  readonly viewType: string;
  readonly title: string;
  /** Whether what a page has kept of itself is what it shows. */
  isContent(kept: unknown): kept is Content;
  /** Loads the page. */
  fill(panel: vscode.WebviewPanel, content: Content): Promise<void>;
}

/** Pages that are filled once and keep what they show: when the window is reloaded, they are there again. */
export class KeptPages<Content> implements vscode.Disposable {
  private readonly serializer: vscode.Disposable;

  constructor(private readonly options: KeptPageOptions<Content>) {
    const { viewType, isContent, fill } = options;
    this.serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
      async deserializeWebviewPanel(panel, kept: unknown) {
        if (isContent(kept)) await fill(panel, kept);
        else panel.dispose();
      },
    });
  }

  /** Opens a page beside what is open. */
  show(content: Content): Promise<void> {
    const { viewType, title, fill } = this.options;
    return fill(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Beside), content);
  }

  dispose(): void {
    this.serializer.dispose();
  }
}
