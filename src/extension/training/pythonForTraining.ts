import * as vscode from 'vscode';
import { setting } from '../settings';

/** What is used of the Python extension: https://github.com/microsoft/vscode-python/tree/main/pythonExtensionApi */
interface PythonExtension {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri: vscode.Uri | undefined } } | undefined>;
  };
}

/**
 * The Python for the engine torchrun, for a recipe in `folder`: that of the setting, or the one that is chosen in the
 * Python extension; undefined where neither says, so that the one on the PATH is used. Call in trusted workspaces alone.
 */
export async function pythonForTraining(folder: string): Promise<string | undefined> {
  const chosen = setting('python').trim();
  if (chosen !== '') return chosen;
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension) return undefined;
  try {
    const { environments } = await extension.activate();
    const active = environments.getActiveEnvironmentPath(vscode.Uri.file(folder));
    return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch {
    // Another extension's trouble: the Python on the PATH may do.
    return undefined;
  }
}
