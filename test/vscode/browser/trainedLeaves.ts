import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { thaw } from '../../unit/cli/runThaw';
import { drawnLeaves } from '../drawnLeaves';
import type { Workbench } from '../workbench';
import { pageOf, runCommand } from './pages';

export const LEAVES_SIDE = 96;
export const LEAVES_RUN = join('.thaw', 'runs', '2026-01-31T12-00-00-leaves');
/** Learns too little to make no mistakes. */
export const LEAVES_RECIPE = JSON.stringify({
  ...{ name: 'leaves', data: { folder: 'leaves' }, model: 'squeezenet1_1', weights: 'none' },
  ...{ imageSize: LEAVES_SIDE, batchSize: 8, epochs: 1, optimizer: { lr: 1e-5 } },
});
/** A workspace with drawn leaves and a run that was trained on them. */
export async function trainedLeaves(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-heat-'));
  await drawnLeaves(join(folder, 'leaves'), 8);
  await writeFile(join(folder, 'leaves.thaw.json'), LEAVES_RECIPE);
  const { code, stderr } = await thaw([
    'train',
    join(folder, 'leaves.thaw.json'),
    '--out',
    join(folder, LEAVES_RUN),
  ]);
  assert.equal(code, 0, stderr);
  return folder;
}

/** Opens the best epoch of a run; its first picture is there. */
export async function openBestEpoch(workbench: Workbench, run = 'leaves'): Promise<Frame> {
  await runCommand(workbench, 'Thaw: Open Best Epoch');
  await workbench.pickQuickInput(run);
  const page = await pageOf(workbench, `Best Epoch: ${run}`);
  await page.locator('.card').first().waitFor();
  return page;
}
