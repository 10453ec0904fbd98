import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { until } from '../until';
import type { Workbench } from '../workbench';

/** The page of a panel, within so many milliseconds; asks again where a frame goes while it is looked at. */
export function pageOf(workbench: Workbench, title: string, timeout?: number): Promise<Frame> {
  return until(() => workbench.webview(title).catch(() => undefined), `the page ${title}`, timeout);
}

/** The policy that a page's document sets for itself, by directive. */
export async function policyOf(page: Frame): Promise<Readonly<Record<string, string>>> {
  const content = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  return Object.fromEntries(
    content!.split('; ').map(directive => {
      const [name, ...sources] = directive.split(' ');
      return [name!, sources.join(' ')];
    }),
  );
}

/** Asserts that nothing runs or is loaded in a page but its own: no inline script, style or handler, no other place. */
export async function assertStrictPolicy(page: Frame, images: RegExp): Promise<void> {
  const policy = await policyOf(page);
  assert.deepEqual(Object.keys(policy), [
    ...['default-src', 'script-src', 'style-src', 'img-src', 'base-uri', 'form-action'],
  ]);
  assert.match(policy['default-src']!, /^'none'$/);
  assert.match(policy['script-src']!, /^'nonce-[A-Za-z0-9+/]{24}'$/);
  assert.match(policy['style-src']!, /^'self' https:\/\/\*\.vscode-cdn\.net 'nonce-[A-Za-z0-9+/]{24}'$/);
  assert.match(policy['img-src']!, images);
  assert.match(policy['base-uri']!, /^'none'$/);
  assert.match(policy['form-action']!, /^'none'$/);
}

/** What axe finds wrong with a page: rule and element, a line each. */
export async function accessibilityProblems(page: Frame): Promise<readonly string[]> {
  await page.evaluate(await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations, passes } = await axe.run(document);
    if (passes.length === 0) return ['axe looked at nothing'];
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/**
 * Runs a command by its title, as soon as it is there: a window that has just opened does not know the extension's
 * commands yet, and the box of the command before may be closing. `isDone`: whether it has run, although the click failed.
 */
export async function runCommand(
  workbench: Workbench,
  title: string,
  isDone: () => boolean = () => false,
): Promise<void> {
  const { page } = workbench;
  const box = page.locator('.quick-input-widget:visible');
  const timeout = 2500;
  await until(async () => {
    if (isDone()) return true;
    try {
      await page.keyboard.press('F1');
      await box.locator('input').first().fill(`>${title}`, { timeout });
      const name = page.getByText(title, { exact: true });
      await box.locator('.monaco-list-row').filter({ has: name }).first().click({ timeout });
      return true;
    } catch {
      await page.keyboard.press('Escape');
      return false;
    }
  }, `the command ${title}`);
}

/** Closes the active editor, which has that title: a command would close whatever is active by then. */
export async function closeEditor({ page }: Workbench, title: string): Promise<void> {
  const tabs = page.locator('.tab', { hasText: title });
  const before = await tabs.count();
  const active = page.locator('.editor-group-container.active .tab.active', { hasText: title });
  await active.locator('.tab-actions .action-label').click();
  await until(async () => (await tabs.count()) < before, `${title} to close`);
}

/** Reloads the window as a person does. A browser's own reload leaves the editor no time to keep what pages keep. */
export async function reloadByCommand(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const loaded = page.waitForEvent('load');
  let begun = false;
  const look = (frame: Frame): void => void (begun ||= frame === page.mainFrame());
  page.on('framenavigated', look);
  // The click may fail because of what it does.
  await runCommand(workbench, 'Developer: Reload Window', () => begun);
  await loaded;
  page.off('framenavigated', look);
  await workbench.ready();
}
