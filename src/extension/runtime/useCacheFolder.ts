import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { onDidChangeSetting, setting } from '../settings';
import { plainMessage } from '../plainMessage';

/** Keeps the variable by which core, and the processes started from here, find the cache folder at what the setting says. */
export function useCacheFolder(environment: NodeJS.ProcessEnv): vscode.Disposable {
  const inherited = environment['THAW_CACHE'];
  const use = (): void => {
    const asked = setting('cacheFolder');
    const folder = isAbsolute(asked) ? asked : inherited;
    if (asked !== '' && !isAbsolute(asked)) {
      const message = vscode.l10n.t(
        'The setting thaw.cacheFolder has to be an absolute path, not {0}; it is not heeded.',
        asked,
      );
      void vscode.window.showWarningMessage(plainMessage(message));
    }
    if (folder === undefined) delete environment['THAW_CACHE'];
    else environment['THAW_CACHE'] = folder;
  };
  use();
  return onDidChangeSetting('cacheFolder', use);
}
