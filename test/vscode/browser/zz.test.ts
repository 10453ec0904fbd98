import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEditor } from '../startEditor';
it('x', async function () {
  this.timeout(100000);
  const folder = await mkdtemp(join(tmpdir(), 'zz-'));
  await writeFile(join(folder, 'a.thaw.json'), '{"data":{"folder":"x"},"model":"resnet18"}');
  const editor = await startEditor({ workspace: folder, trust: 'restricted' });
  const w = await editor.openWindow();
  await w.openFile('a.thaw.json');
  await w.runCommand('Thaw: Start Fine-Tune');
  await new Promise(r => setTimeout(r, 4000));
  console.error(await w.notifications());
  console.error(await w.page.locator('.notifications-toasts').first().innerHTML());
  console.error(await w.screenshot('zz'));
  await editor.stop();
});
