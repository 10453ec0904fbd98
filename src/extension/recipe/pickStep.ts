import * as vscode from 'vscode';

export interface PickItem<Value> extends vscode.QuickPickItem {
  /** Undefined for a separator. */
  readonly value?: Value;
}

export interface PickOptions<Value> {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly placeholder: string;
  readonly items: readonly PickItem<Value>[];
  /** Left out: from every step but the first. */
  readonly canGoBack?: boolean;
}

/** One step of several: what was picked, `back` to the step before, or undefined to end. */
export function pickStep<Value>(options: PickOptions<Value>): Promise<{ value: Value } | 'back' | undefined> {
  const pick = vscode.window.createQuickPick<PickItem<Value>>();
  const { canGoBack = options.step > 1, ...shown } = options;
  Object.assign(pick, { ...shown, ignoreFocusOut: true, matchOnDescription: true, matchOnDetail: true });
  if (canGoBack) pick.buttons = [vscode.QuickInputButtons.Back];
  return new Promise(resolve => {
    pick.onDidTriggerButton(() => end('back'));
    pick.onDidHide(() => end(undefined));
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item?.value !== undefined) end({ value: item.value });
    });
    pick.show();

    function end(answer: { value: Value } | 'back' | undefined): void {
      resolve(answer);
      pick.dispose();
    }
  });
}

/** A heading between items. */
export function separator<Value>(label: string): PickItem<Value> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
