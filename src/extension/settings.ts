import * as vscode from 'vscode';

/** The settings of the extension, by their names below `thaw`; package.json has their defaults and what they mean. */
export interface Settings {
  readonly 'plots.openOnStart': boolean;
  /** Absolute; empty: where the platform keeps caches. */
  readonly cacheFolder: string;
  /** A program; empty: the Python extension's, or the one on the PATH. */
  readonly python: string;
  /** 0: as many as the machine has cores. */
  readonly 'training.threads': number;
}

/** The value of a setting now. */
export function setting<Name extends keyof Settings>(name: Name): Settings[Name] {
  return vscode.workspace.getConfiguration('thaw').get<Settings[Name]>(name)!;
}

/** Hears of changes of a setting. */
export function onDidChangeSetting(name: keyof Settings, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(event => {
    if (event.affectsConfiguration(`thaw.${name}`)) listener();
  });
}
