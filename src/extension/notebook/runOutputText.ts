import { duration } from '../../protocol/eventText';
import { markdownCode, markdownText } from '../../protocol/markdown';
import type { RunOutput, RunReference } from '../../protocol/notebookOutput';
import { printable } from '../../protocol/printable';

/** What a cell's output says where nothing draws it, in Markdown. */
export function runOutputMarkdown({ runs }: RunOutput): string {
  if (runs.length === 1) {
    const [run] = runs as [RunReference];
    return `**${markdownText(run.name)}**: ${markdownText(sentence(run))}  \nRun folder: ${markdownCode(run.folder)}`;
  }
  const rows = runs.map(
    run =>
      `| ${markdownText(run.variant ?? run.name)} | ${markdownText(sentence(run))} | ${markdownCode(run.folder)} |`,
  );
  return ['| Run | Result | Run folder |', '| :-- | :-- | :-- |', ...rows].join('\n');
}

/** The same in plain text. */
export function runOutputText({ runs }: RunOutput): string {
  return printable(
    runs.map(run => `${run.variant ?? run.name}: ${sentence(run)}\nRun folder: ${run.folder}`).join('\n'),
  );
}

function sentence({ summary }: RunReference): string {
  if (!summary) return 'has been started.';
  const { status, model, epochs, bestEpoch, bestAccuracy, seconds, message } = summary;
  const time = `after ${duration(seconds)}`;
  const how = {
    completed: `done ${time}`,
    cancelled: `stopped ${time}`,
    failed: `failed ${time}`,
    crashed: 'ended unexpectedly',
  }[status];
  const trained = `${model === '' ? '' : `${model}, `}${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${how}`;
  const best =
    bestEpoch < 0
      ? 'no epoch was finished, so there are no best weights.'
      : `best test accuracy ${bestAccuracy.toFixed(4)} (epoch ${bestEpoch}).`;
  return `${trained}${message === undefined ? '' : ` (${message})`}: ${best}`;
}
