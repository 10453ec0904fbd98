import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { printable } from '../../protocol/printable';
import type { DataSummary } from './dataFacts';

const MOST_CLASSES = 50;

/** Shows a few pictures of each class beside the question about them. Dispose it when that is answered. */
export function showClassPreview(folder: string, { classes, samples }: DataSummary): vscode.Disposable {
  const root = vscode.Uri.file(folder);
  const panel = vscode.window.createWebviewPanel(
    'thaw.classPreview',
    vscode.l10n.t('Classes'),
    { viewColumn: vscode.ViewColumn.Active, preserveFocus: true },
    { localResourceRoots: [root], enableScripts: false },
  );
  const nonce = randomBytes(16).toString('base64');
  const sections = classes.slice(0, MOST_CLASSES).map(({ name, images }) => {
    const pictures = (samples.get(name) ?? []).filter(file => /\.(jpe?g|png|webp|gif|avif)$/i.test(file));
    const shown = pictures.map((file, index) => {
      const source = panel.webview.asWebviewUri(vscode.Uri.file(file)).toString();
      return `<img src="${escape(source)}" alt="${escape(vscode.l10n.t('{0}, sample {1}', printable(name), index + 1))}">`;
    });
    const count = vscode.l10n.t('{0} pictures', images.toLocaleString('en'));
    return `<section><h2>${escape(printable(name))} <small>${escape(count)}</small></h2><div>${shown.join('')}</div></section>`;
  });
  const more = classes.length - MOST_CLASSES;
  if (more > 0) sections.push(`<p>${escape(vscode.l10n.t('And {0} classes more.', more))}</p>`);
  panel.webview.html = `<!DOCTYPE html>
<html lang="${escape(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${panel.webview.cspSource}; style-src 'nonce-${nonce}';">
<title>${escape(vscode.l10n.t('Classes'))}</title>
<style nonce="${nonce}">
  body { padding: 0 1.5em; }
  h2 { font-size: 1.1em; font-weight: 600; }
  small { font-weight: normal; color: var(--vscode-descriptionForeground); }
  div { display: flex; flex-wrap: wrap; gap: 6px; }
  img { width: 128px; height: 128px; object-fit: cover; border: 1px solid var(--vscode-widget-border, transparent); }
</style>
</head>
<body><main><h1>${escape(vscode.l10n.t('Classes'))}</h1>${sections.join('')}</main></body>
</html>`;
  return panel;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
