import { strict as assert } from 'node:assert';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { WrittenRun } from './runFolders';

/** A run that took so many of four pictures for what they are. */
async function writeRun(workspace: string, name: string, right: number, time: string): Promise<void> {
  const run = await WrittenRun.begin(workspace, { name, epochs: 1 }, time);
  await run.epoch(0, right / 4, true);
  await run.end(0, right / 4);
  await run.predictions(
    [0, 1, 2, 3].map(index => {
      const probabilities = index < right ? [0.75, 0.25] : [0.25, 0.75];
      const predicted = index < right ? 'ants' : 'bees';
      return { image: `${index}.png`, file: `/data/${index}.png`, label: 'ants', predicted, probabilities };
    }),
  );
}

describe('the report of runs in the editor', function () {
  this.timeout(120_000);
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    editor = await startEditor();
    await writeRun(editor.workspace, 'first', 3, '2026-01-31T12-00-00');
    await writeRun(editor.workspace, 'second', 1, '2026-01-31T13-00-00');
    workbench = await editor.openWindow();
    await workbench.openContainer('Thaw');
    await until(async () => (await workbench.treeItems('Runs')).length === 2, 'the runs');
  });
  after(() => editor.stop());

  const reportOf = async (row: string, title: RegExp): Promise<string> => {
    await workbench.treeRow('Runs', row).click({ button: 'right' });
    await workbench.clickInMenu('Report in Markdown');
    const text = workbench.page.locator('.monaco-editor .view-lines', { hasText: title });
    await text.first().waitFor();
    return (await text.first().innerText()).replaceAll('\u00a0', ' ');
  };

  it('is a new document, with its preview beside', async () => {
    const text = await reportOf('first', /#\sfirst/);
    assert.match(text, /Test accuracy \| \*\*75\.00%\*\* \(95% interval 30\.06% to 95\.44%\)/);
    const preview = await until(async () => {
      for (const frame of workbench.page.frames()) {
        const cells = frame.locator('td', { hasText: /^75\.00% \(95% interval/ });
        if ((await cells.count().catch(() => 0)) > 0) return cells.first();
      }
      return undefined;
    }, 'the preview');
    assert.equal(await preview.locator('strong').innerText(), '75.00%');
    await workbench.screenshot('report');
  });

  it('compares those that are selected', async () => {
    await workbench.treeRow('Runs', 'first').click();
    await workbench.treeRow('Runs', 'second').click({ modifiers: ['ControlOrMeta'] });
    const text = await reportOf('second', /#\s(first\sand\ssecond|second\sand\sfirst)/);
    assert.match(text, /Test accuracy \|/);
    await workbench.screenshot('report-compared');
  });
});
