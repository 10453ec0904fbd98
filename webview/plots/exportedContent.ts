import { t } from '../../src/protocol/language';
import type { ExportFormat } from '../../src/protocol/pageMessages';
import { percent } from '../../src/protocol/numberText';
import { composeImage, toPng } from '../charts/chartImage';
import type { RunCurves } from '../charts/curves';
import { phaseWord } from '../charts/phaseWord';
import type { RunCharts } from '../charts/runCharts';
import { runStyle, swatch } from '../charts/runStyle';
import { element } from '../elements';
import { toCsv } from './csv';

/** What a file of that format holds of the runs shown: text, or for PNG bytes in base64. */
export async function exportedContent(
  format: ExportFormat,
  runs: readonly RunCurves[],
  numberOf: (folder: string) => number,
  charts: RunCharts,
): Promise<string> {
  if (format === 'csv') return toCsv(runs);
  const legend = [
    ...runs.map(({ folder, name, model, best }) => ({
      swatch: swatch(runStyle(numberOf(folder))),
      text: [
        name,
        model,
        ...(best ? [t('best {0} in epoch {1}', percent(best.accuracy), best.epoch)] : []),
      ].join(' · '),
    })),
    ...(['train', 'test'] as const).map(phase => ({
      swatch: swatch({ ...runStyle(0), colourClass: 'plain' }, phase),
      text: phaseWord(phase),
    })),
  ];
  // Only what is in the document has the style sheet's colours.
  const stage = element('div', { class: 'screen-reader-only', 'aria-hidden': 'true' });
  stage.append(...legend.map(({ swatch }) => swatch));
  document.body.append(stage);
  try {
    const image = composeImage({
      title: runs.map(({ name }) => name).join(', '),
      charts: [
        { title: t('Loss'), image: charts.image('loss') },
        { title: t('Accuracy'), image: charts.image('accuracy') },
      ],
      legend,
    });
    return format === 'svg' ? image.text : await toPng(image);
  } finally {
    stage.remove();
  }
}
