import type { Frame, Locator } from 'playwright-core';
import { until } from '../until';
import type { Workbench } from '../workbench';

/** Where the outputs begin on the screen, and a turn of the wheel, in pixels. */
const TOP = 110;
const WHEEL = 200;

/** A notebook in a window of the editor, in the words of a person who uses it. Cells count from 0. */
export class NotebookEditor {
  constructor(readonly workbench: Workbench) {}

  cell(index: number): Locator {
    return this.workbench.page.locator(
      `.notebookOverlay .cell-list-container .monaco-list-row[data-index="${index}"]`,
    );
  }

  /** Goes to a cell by the keyboard: those that are far from the screen are not there. */
  async goTo(index: number): Promise<void> {
    const { page } = this.workbench;
    await page.locator('.notebookOverlay .cell-list-container .monaco-list').first().focus();
    await page.keyboard.press('Control+Home');
    for (let count = 0; count < index; count++) await page.keyboard.press('ArrowDown');
    await this.cell(index).waitFor();
  }

  /** Puts the caret into a recipe cell. */
  async enter(index: number): Promise<void> {
    await this.goTo(index);
    await this.cell(index)
      .locator('.monaco-editor .view-lines')
      .first()
      .click({ position: { x: 5, y: 5 } });
    await this.cell(index).locator('.monaco-editor.focused').waitFor();
  }

  /** Puts the focus on a recipe cell, not into its text. */
  async select(index: number): Promise<void> {
    await this.enter(index);
    await this.workbench.page.keyboard.press('Escape');
  }

  /** Presses the button of a cell that runs it. */
  async run(index: number): Promise<void> {
    await this.goTo(index);
    await this.cell(index).hover({ position: { x: 300, y: 20 } });
    await this.cell(index)
      .locator('.run-button-container .action-label[aria-label^="Execute Cell"]')
      .first()
      .click();
  }

  /** The text of a recipe cell, as far as it is on the screen. */
  async text(index: number): Promise<string> {
    const lines = await this.cell(index).locator('.monaco-editor .view-line').allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** Presses the stop button of a cell. */
  async interrupt(index: number): Promise<void> {
    // Only what has the focus shows it.
    await this.goTo(index);
    const stop = this.cell(index)
      .locator('.run-button-container .action-label[aria-label^="Stop Cell"]')
      .first();
    await stop.waitFor();
    await stop.click();
  }

  /** Whether a cell shows that it is running. */
  async isRunning(index: number): Promise<boolean> {
    const text = await this.status(index);
    return /codicon-(notebook-state-executing|sync)/.test(text);
  }

  /** The status bar of a cell as HTML: how it ended, and how long it took. */
  async status(index: number): Promise<string> {
    return this.cell(index).locator('.cell-statusbar-container').first().innerHTML();
  }

  /** The page that holds the outputs of the notebook. */
  outputs(): Promise<Frame> {
    return until(async () => {
      for (const frame of this.workbench.page.frames()) {
        const id = await frame.frameElement().then(
          element => element.getAttribute('id'),
          () => undefined,
        );
        const has =
          id === 'active-frame' && (await frame.locator('#container.widgetarea, #container').count());
        if (has) return frame;
      }
      return undefined;
    }, 'the page of the outputs');
  }

  /** What the outputs say, all of them. */
  async outputText(): Promise<string> {
    const frame = await this.outputs().catch(() => undefined);
    return (
      (await frame
        ?.locator('body')
        .innerText()
        .catch(() => '')) ?? ''
    );
  }

  /** What is drawn of the runs of a cell that has run, the `number`-th of the notebook from 0. */
  async runOutput(number: number): Promise<Locator> {
    return (await this.outputs()).locator('.cell[role="group"]').nth(number);
  }

  /** Turns the wheel until something in the outputs is on the screen. */
  async reveal(output: Locator): Promise<void> {
    const { page } = this.workbench;
    await page.mouse.move(850, 300);
    await until(async () => {
      const box = await output.boundingBox();
      if (box && box.y > TOP && box.y < TOP + WHEEL) return true;
      await page.mouse.wheel(0, box && box.y <= TOP ? -WHEEL / 2 : WHEEL);
      return false;
    }, 'the output on the screen');
  }
}
