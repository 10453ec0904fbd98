import { randomBytes } from 'node:crypto';
import type { DisplayLanguage } from '../protocol/language';

export interface PageHtmlOptions extends DisplayLanguage {
  readonly title: string;
  /** What the webview loads files from: `webview.cspSource`. */
  readonly cspSource: string;
  /** Addresses of the page's script and style sheet. */
  readonly script: string;
  readonly style: string;
  /** How the page names pictures that are in no file: those that it makes itself, or that it is sent. */
  readonly pictures: 'blob:' | 'data:' | undefined;
}

/**
 * The document of a page: an empty body that its script fills. Nothing is loaded or run but what the page names: one
 * script by its nonce, style sheets and pictures from the webview's own folders. The toolkit's styles are constructed
 * style sheets, which need no exception; one style element, by which it finds out what the browser can do, has the
 * nonce that it is told.
 */
export function pageHtml(options: PageHtmlOptions): string {
  const { title, cspSource, script, style, pictures, language, texts } = options;
  const nonce = randomBytes(18).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `img-src ${cspSource}${pictures === undefined ? '' : ` ${pictures}`}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const spoken = texts
    ? `lang="${escaped(language)}" data-texts="${escaped(JSON.stringify(texts))}"`
    : 'lang="en"';
  return `<!DOCTYPE html>
<html ${spoken}>
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <link rel="stylesheet" href="${escaped(style)}">
  <title>${escaped(title)}</title>
</head>
<body>
  <script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}
