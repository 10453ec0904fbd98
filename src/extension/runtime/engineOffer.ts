import * as vscode from 'vscode';
import { findRuntime } from '../../core/runtime/findRuntime';
import { runtimePins } from '../../core/runtime/pins';
import { installEngine } from './installEngine';

/** Where it is remembered that the built-in engine will do. */
const BUILT_IN_WILL_DO = 'thaw.builtInEngineWillDo';

/** Offers the faster engine, once, where only the built-in one is there. */
export class EngineOffer {
  constructor(private readonly memory: vscode.Memento) {}

  /** Resolves with whether to train now: on whichever engine is there then. */
  async settle(): Promise<boolean> {
    const isSettled =
      findRuntime() !== undefined ||
      !runtimePins(process.platform, process.arch, false) ||
      this.memory.get<boolean>(BUILT_IN_WILL_DO, false);
    if (isSettled) return true;
    const builtIn = {
      label: vscode.l10n.t('Train with the built-in engine'),
      detail: vscode.l10n.t(
        'Nothing is fetched. TensorFlow can be installed later, with Thaw: Install Engine.',
      ),
    };
    const faster = {
      label: vscode.l10n.t('Install the faster engine'),
      detail: vscode.l10n.t(
        'TensorFlow, several times as fast: 274 MB are fetched through pip, and 860 MB stay in the cache folder.',
      ),
    };
    const chosen = await vscode.window.showQuickPick([builtIn, faster], {
      title: vscode.l10n.t('What shall Thaw train with?'),
      ignoreFocusOut: true,
    });
    if (!chosen) return false;
    if (chosen === faster) return installEngine(false);
    await this.memory.update(BUILT_IN_WILL_DO, true);
    return true;
  }
}
