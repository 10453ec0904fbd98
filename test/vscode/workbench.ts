import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { until } from './until';

export type Theme = 'light' | 'dark' | 'highContrast' | 'highContrastLight';

/** The class that the workbench wears in each theme. */
const THEME_CLASSES: Record<Theme, string> = {
  light: 'vs',
  dark: 'vs-dark',
  highContrast: 'hc-black',
  highContrastLight: 'hc-light',
};

/** Where screenshots go; git ignores it. */
const SCREENSHOTS = resolve(__dirname, '..', '..', '.thaw', 'screenshots');

const BOX_WITHIN_MS = 5_000;

/** A row of a tree view, as a person sees and a screen reader hears it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** Depth, from 1. */
  readonly level: number;
  /** Undefined for a row without children. */
  readonly expanded: boolean | undefined;
  /** Undefined for a row without checkbox. */
  readonly checked: boolean | undefined;
  readonly selected: boolean;
  readonly ariaLabel: string;
}

/** A window of the editor, in the words of a person who uses it. `page` is there for what has no word yet. */
export class Workbench {
  constructor(
    readonly page: Page,
    private readonly changeTheme: (theme: Theme) => Promise<void>,
  ) {}

  /** Waits until the window has its parts. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor();
  }

  /** Runs a command by the whole text that the palette shows for it, as `Thaw: New Recipe`. */
  async runCommand(title: string): Promise<void> {
    await this.#ask('F1', async timeout => {
      await this.#quickInput.locator('input').first().fill(`>${title}`, { timeout });
      await this.pickQuickInput(title, timeout);
    });
  }

  /** Opens a file of the workspace by its path in it. */
  async openFile(path: string): Promise<void> {
    const name = path.split('/').at(-1)!;
    await this.#ask('Control+P', async timeout => {
      await this.#quickInput.locator('input').first().fill(path, { timeout });
      await this.pickQuickInput(name, timeout);
    });
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).first().waitFor();
  }

  /** Presses keys that open a box and answers it; again where what has just opened elsewhere took the focus from it. */
  async #ask(keys: string, answer: (timeout: number) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press(keys);
      try {
        return await answer(attempt * BOX_WITHIN_MS);
      } catch (error) {
        if (attempt === 3) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Shows a container of the activity bar by its title. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-item:has([aria-label^="${title}"])`).first();
    await tab.waitFor();
    if ((await tab.getAttribute('aria-expanded')) !== 'true') await tab.click();
    await this.page.locator('.sidebar .composite.title', { hasText: title }).first().waitFor();
  }

  /** A view of the side bar by its title: head, body and all. */
  view(title: string): Locator {
    return this.page.locator(`.sidebar .pane:has(> .pane-header[aria-label^="${title}"])`);
  }

  /** The rows of a tree view that are on the screen, from above. */
  async treeItems(view: string): Promise<readonly TreeRow[]> {
    const rows = await this.view(view)
      .locator('.monaco-list-row')
      .evaluateAll(elements =>
        elements.map(element => {
          const expanded = element.getAttribute('aria-expanded');
          const box = element.querySelector('.custom-view-tree-node-item-checkbox');
          return {
            index: Number(element.getAttribute('data-index')),
            label: element.querySelector('.label-name')?.textContent ?? '',
            description: element.querySelector('.label-description')?.textContent ?? '',
            level: Number(element.getAttribute('aria-level')),
            expanded: expanded === null ? undefined : expanded === 'true',
            checked: box === null ? undefined : box.getAttribute('aria-checked') === 'true',
            selected: element.classList.contains('selected'),
            ariaLabel: element.getAttribute('aria-label') ?? '',
          };
        }),
      );
    return rows.sort((a, b) => a.index - b.index).map(({ index: _, ...row }) => row);
  }

  /** The row of a tree view with that label. */
  treeRow(view: string, label: string): Locator {
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    return this.view(view).locator('.monaco-list-row').filter({ has: name }).first();
  }

  /** Clicks the checkbox of a row. */
  async clickCheckbox(view: string, label: string): Promise<void> {
    // What hovers where the pointer rests may lie over the checkbox.
    await this.page.mouse.move(0, 0);
    await this.treeRow(view, label).locator('.custom-view-tree-node-item-checkbox').click();
  }

  /** Opens or closes a row that has children. */
  async toggleRow(view: string, label: string): Promise<void> {
    await this.treeRow(view, label).locator('.monaco-tl-twistie').click();
  }

  /** Waits for the box that asks for a text or a choice, types and confirms. */
  async acceptQuickInput(text?: string): Promise<void> {
    const input = this.#quickInput.locator('input[type="text"], input:not([type])').first();
    await input.waitFor();
    if (text !== undefined) await input.fill(text);
    await input.press('Enter');
  }

  /** What the box offers: the labels that are on the screen. */
  async quickInputItems(): Promise<readonly string[]> {
    await this.#quickInput.locator('.monaco-list-row').first().waitFor();
    return this.#quickInput.locator('.monaco-list-row .label-name').allTextContents();
  }

  /** What the box says below its input: why the text is refused, or what it is for. */
  async quickInputMessage(): Promise<string> {
    return (await this.#quickInput.locator('.quick-input-message').textContent()) ?? '';
  }

  /** Clicks the offer with that label. */
  async pickQuickInput(label: string, timeout?: number): Promise<void> {
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    await this.#quickInput.locator('.monaco-list-row').filter({ has: name }).first().click({ timeout });
  }

  /** The messages of the notifications on the screen. */
  async notifications(): Promise<readonly string[]> {
    const center = this.page.locator('.notifications-center.visible');
    const bell = this.page.locator('[id="status.notifications"] a').first();
    // Not every message comes up as a toast where no window has the focus; all are behind the bell.
    if ((await center.count()) === 0) await bell.click();
    return center.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Clicks a button of a notification or of a dialog. */
  async clickButton(label: string): Promise<void> {
    // A hover of what was clicked before may lie over the button.
    await this.page.mouse.move(700, 400);
    const places = this.page.locator(
      '.notifications-toasts, .notifications-center.visible, .monaco-dialog-box',
    );
    await places
      .locator('.monaco-button', { hasText: exactly(label) })
      .first()
      .click();
  }

  /** Clicks an item of the context menu that is being opened. */
  async clickInMenu(label: string): Promise<void> {
    const item = this.page.locator('.context-view .action-label', { hasText: label });
    await item.waitFor();
    // A menu takes no click in its first moment, which may still be the one that opened it.
    await this.page.waitForTimeout(300);
    await item.click();
  }

  /** The texts of the status bar's items. */
  async statusBar(): Promise<readonly string[]> {
    const texts = await this.page.locator('.statusbar-item').allInnerTexts();
    return texts.map(text => text.trim()).filter(text => text !== '');
  }

  /** The lines of the active text editor that are on the screen. */
  async editorText(): Promise<string> {
    const lines = await this.page
      .locator('.editor-group-container.active .monaco-editor .view-lines .view-line')
      .evaluateAll(elements =>
        elements
          .map(
            element => [parseInt((element as HTMLElement).style.top, 10), element.textContent ?? ''] as const,
          )
          .sort(([a], [b]) => a - b)
          .map(([, text]) => text),
      );
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** Clicks the CodeLens with that text. */
  async clickCodeLens(text: string): Promise<void> {
    await this.page.locator('.codelens-decoration a', { hasText: text }).first().click();
  }

  /** The page inside the webview of that title, once it is there. Its document is the extension's own. */
  async webview(title: string): Promise<Frame> {
    return until(async () => {
      for (const frame of this.page.frames()) {
        const element = await frame.frameElement().catch(() => undefined);
        const [id, name] = [await element?.getAttribute('id'), await element?.getAttribute('title')];
        if (id === 'active-frame' && name === title) return frame;
      }
      return undefined;
    }, `a webview ${title}`);
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.changeTheme(theme);
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[theme]}`).waitFor();
  }

  /** Reloads the window: the extension host starts anew, the server goes on. */
  async reloadWindow(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Writes what is on the screen to `.thaw/screenshots/<name>.png`; returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(SCREENSHOTS, { recursive: true });
    const path = join(SCREENSHOTS, `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  /** Closes the window. */
  async close(): Promise<void> {
    await this.page.context().close();
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
