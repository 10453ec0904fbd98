import * as vscode from 'vscode';
import { UserError } from '../core/userError';
import { plainMessage } from './plainMessage';

/** Registers a command; a UserError is shown as its message, and giving up at a question ends the command quietly. */
export function registerCommand(
  id: string,
  run: (...given: readonly unknown[]) => Promise<unknown>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...given: readonly unknown[]) => {
    try {
      return await run(...given);
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      if (!(error instanceof UserError)) throw error;
      void vscode.window.showErrorMessage(plainMessage(error.message));
      return undefined;
    }
  });
}
