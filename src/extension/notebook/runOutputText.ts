import { duration } from '../../protocol/eventText';
import { t } from '../../protocol/language';
import { markdownCode, markdownText } from '../../protocol/markdown';
import type { RunOutput, RunReference } from '../../protocol/notebookOutput';
import { printable } from '../../protocol/printable';

/** What a cell's output says where nothing draws it, in Markdown. */
export function runOutputMarkdown({ runs }: RunOutput): string {
  if (runs.length === 1) {
    const [run] = runs as [RunReference];
    return t(
      '**{0}**: {1}  \nRun folder: {2}',
      markdownText(run.name),
      markdownText(sentence(run)),
      markdownCode(run.folder),
    );
  }
  const rows = runs.map(
    run =>
      `| ${markdownText(run.variant ?? run.name)} | ${markdownText(sentence(run))} | ${markdownCode(run.folder)} |`,
  );
  return [t('| Run | Result | Run folder |'), '| :-- | :-- | :-- |', ...rows].join('\n');
}

/** The same in plain text. */
export function runOutputText({ runs }: RunOutput): string {
  return printable(
    runs
      .map(run => t('{0}: {1}\nRun folder: {2}', run.variant ?? run.name, sentence(run), run.folder))
      .join('\n'),
  );
}

function sentence({ summary }: RunReference): string {
  if (!summary) return t('has been started.');
  const { status, model, epochs, bestEpoch, bestAccuracy, seconds, message } = summary;
  const time = duration(seconds);
  const how = {
    completed: t('done after {0}', time),
    cancelled: t('stopped after {0}', time),
    failed: t('failed after {0}', time),
    crashed: t('ended unexpectedly'),
  }[status];
  const trained = `${model === '' ? '' : `${model}, `}${epochs === 1 ? t('1 epoch') : t('{0} epochs', epochs)}, ${how}`;
  const best =
    bestEpoch < 0
      ? t('no epoch was finished, so there are no best weights.')
      : t('best test accuracy {0} (epoch {1}).', bestAccuracy.toFixed(4), bestEpoch);
  return `${trained}${message === undefined ? '' : ` (${message})`}: ${best}`;
}
