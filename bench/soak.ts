import { setTimeout as sleep } from 'node:timers/promises';
import { tensorCount } from '../src/core/engine/network';
import { heldBy } from '../test/vscode/hostProcesses';
import { startEditor, type Editor } from '../test/vscode/startEditor';
import { until } from '../test/vscode/until';
import type { Workbench } from '../test/vscode/workbench';
import { courses, SoakRuns } from './soakRuns';

/** The editor shares the machine with what trains, and with others. */
const PATIENCE_MS = 1_800_000;
const LOOKS = 24;

/** What is held after so many runs: by this process, which trains half of them; by the editor; and by its page. */
interface Look {
  readonly minutes: number;
  readonly runs: number;
  readonly trainerMB: number;
  readonly trainerFiles: number;
  readonly tensors: number;
  readonly hostMB: number;
  readonly hostFiles: number;
  readonly pageMB: number;
  readonly pageNodes: number;
}

/** By how much the median of the last quarter may lie above that of the second: the first is from before all was warm. */
const MOST_GROWTH: Partial<Record<keyof Look, number>> = {
  ...{ trainerMB: 40, trainerFiles: 5, tensors: 0, hostMB: 40, hostFiles: 5, pageMB: 20, pageNodes: 2_000 },
};

/**
 * `npm run bench:soak -- [MINUTES]`: trains one run after another in a workspace that is open in the real editor with
 * the plots, stopping, killing and resuming three of four, and prints what the processes hold. Exit code 1 when any of
 * it keeps growing, or a run folder is not whole or came to other bits than the first.
 */
async function main(minutes: number): Promise<void> {
  const soak = new SoakRuns();
  let editor: Editor | undefined;
  try {
    await soak.prepare();
    editor = await startEditor({ workspace: soak.workspace, inPlace: true });
    const window = await openWithPlots(editor);
    console.log(HEADS.map(head => head.padStart(head.length + 2)).join(''));
    const began = performance.now();
    const passed = (): number => (performance.now() - began) / 60_000;
    const looks: Look[] = [];
    for (let runs = 0; passed() < minutes;) {
      await soak.train(courses[runs++ % courses.length]!);
      if (passed() < ((looks.length + 1) * minutes) / LOOKS) continue;
      const look = { minutes: Math.round(passed()), runs, ...(await held(editor, window)) };
      looks.push(look);
      console.log(HEADS.map(head => String(look[head]).padStart(head.length + 2)).join(''));
    }
    const grown = growthOf(looks);
    for (const line of grown) console.log(line);
    if (grown.length === 0) console.log('Steady; every run folder was whole, and all came to the same bits.');
    process.exitCode = grown.length === 0 ? 0 : 1;
  } finally {
    await editor?.stop();
    soak.dispose();
  }
}

const HEADS = [
  ...(['minutes', 'runs', 'trainerMB', 'trainerFiles', 'tensors'] as const),
  ...(['hostMB', 'hostFiles', 'pageMB', 'pageNodes'] as const),
];

async function openWithPlots(editor: Editor): Promise<Workbench> {
  const window = await editor.openWindow({ within: PATIENCE_MS });
  await until(
    async () => {
      await window.runCommand('Thaw: Show Plots').catch(() => undefined);
      return window.webview('Plots').catch(() => undefined);
    },
    'the plots',
    PATIENCE_MS,
  );
  await window.openContainer('Thaw');
  return window;
}

async function held(editor: Editor, { page }: Workbench): Promise<Omit<Look, 'minutes' | 'runs'>> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('Performance.enable');
  const { metrics } = await cdp.send('Performance.getMetrics');
  await cdp.detach();
  const metric = (name: string): number => metrics.find(each => each.name === name)!.value;
  // What a run has just held may go a moment later.
  await sleep(1_000);
  const [trainer, [host]] = await Promise.all([heldBy(process.pid), editor.hostProcesses()]);
  return {
    ...{ trainerMB: trainer.megabytes, trainerFiles: trainer.files, tensors: tensorCount() },
    ...{ hostMB: host!.megabytes, hostFiles: host!.files },
    ...{ pageMB: Math.round(metric('JSHeapUsedSize') / 1e6), pageNodes: metric('Nodes') },
  };
}

/** What keeps growing, a line each. */
function growthOf(looks: readonly Look[]): readonly string[] {
  const quarter = Math.floor(looks.length / 4);
  const median = (part: readonly Look[], head: keyof Look): number =>
    part.map(look => look[head]).sort((a, b) => a - b)[part.length >> 1] ?? 0;
  return Object.entries(MOST_GROWTH).flatMap(([name, most]) => {
    const head = name as keyof Look;
    const [before, after] = [
      median(looks.slice(quarter, 2 * quarter), head),
      median(looks.slice(-quarter), head),
    ];
    return after - before > most ? [`${name} grew from ${before} to ${after}`] : [];
  });
}

void main(Number(process.argv[2] ?? 120)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
