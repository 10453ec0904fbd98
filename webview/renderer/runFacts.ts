import { numberText, t } from '../../src/protocol/language';
import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { percent } from '../../src/protocol/numberText';
import { element } from '../elements';
import { intervalText, countedPictures } from '../numbers';
import type { ShownRun } from './cellModel';
import { epochsText } from './epochsText';

/** The numbers of a run: name and value. Those that the best epoch's report holds come once it is there. */
export function runFacts(run: ShownRun): readonly (readonly [string, string])[] {
  const { curves, report } = run;
  if (!curves) return [];
  const { best, model } = curves;
  const facts: (readonly [string, string])[] = [
    [t('Best test accuracy'), best ? percent(best.accuracy, 2) : '–'],
    [t('Best epoch'), best ? String(best.epoch) : '–'],
  ];
  if (report) {
    const { accuracy, macroF1, samples, matrix } = report.metrics;
    const right = matrix.reduce((sum, row, index) => sum + row[index]!, 0);
    facts.push([t('95% interval'), intervalText(wilsonInterval(accuracy, samples))]);
    facts.push([t('Macro-F1'), macroF1.toFixed(4)]);
    facts.push([t('Mistakes'), t('{0} of {1}', numberText(samples - right), countedPictures(samples))]);
  }
  facts.push([t('Epochs'), epochsText(run)]);
  if (model !== '') facts.push([t('Model'), model]);
  return facts;
}

/** They as a list. */
export function factsList(facts: ReturnType<typeof runFacts>): readonly HTMLElement[] {
  return facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
}
