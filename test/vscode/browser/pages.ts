import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { until } from '../until';
import type { Workbench } from '../workbench';

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

/** Runs a command as soon as the extension's commands are there: a window that has just opened knows none. */
export async function runCommandOnceThere(workbench: Workbench, title: string): Promise<void> {
  const { page } = workbench;
  const input = page.locator('.quick-input-widget:visible');
  const row = input.locator('.monaco-list-row', { hasText: title }).first();
  await until(async () => {
    await page.keyboard.press('F1');
    await input.locator('input').first().fill(`>${title}`);
    const there = await row.waitFor({ timeout: 1000 }).then(
      () => true,
      () => false,
    );
    await page.keyboard.press('Escape');
    return there;
  }, `the command ${title}`);
  await workbench.runCommand(title);
}
