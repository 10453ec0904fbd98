import * as vscode from 'vscode';
import type { DisplayLanguage } from '../protocol/language';

/** The language in which the editor shows this extension. */
export function displayLanguage(): DisplayLanguage {
  return { language: vscode.env.language, texts: vscode.l10n.bundle };
}
