import { createRequire } from 'node:module';
import * as vscode from 'vscode';

/**
 * Why this package of the extension cannot train on this machine, as a sentence that says what would; undefined where
 * it can. Loads nothing of what training needs.
 */
export function whyOnlyLooking(): string | undefined {
  const { platform, arch } = process;
  try {
    createRequire(__filename).resolve(`@img/sharp-${platform}-${arch}/sharp.node`);
    return undefined;
  } catch {
    return vscode.l10n.t(
      'This package of Thaw can only look at recipes and runs, it has no decoder of images for this machine: install the package for {0} to train.',
      `${platform}-${arch}`,
    );
  }
}
