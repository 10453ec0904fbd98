import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { intervalText, percent } from '../../src/protocol/numberText';
import { element } from '../elements';
import { counted } from '../numbers';
import type { ShownRun } from './cellModel';
import { epochsText } from './epochsText';

/** The numbers of a run: name and value. Those that the best epoch's report holds come once it is there. */
export function runFacts(run: ShownRun): readonly (readonly [string, string])[] {
  const { curves, report } = run;
  if (!curves) return [];
  const { best, model } = curves;
  const facts: (readonly [string, string])[] = [
    ['Best test accuracy', best ? percent(best.accuracy, 2) : '–'],
    ['Best epoch', best ? String(best.epoch) : '–'],
  ];
  if (report) {
    const { accuracy, macroF1, samples, matrix } = report.metrics;
    const right = matrix.reduce((sum, row, index) => sum + row[index]!, 0);
    facts.push(['95% interval', intervalText(wilsonInterval(accuracy, samples))]);
    facts.push(['Macro-F1', macroF1.toFixed(4)]);
    facts.push([
      'Mistakes',
      `${(samples - right).toLocaleString('en-US')} of ${counted(samples, 'picture')}`,
    ]);
  }
  facts.push(['Epochs', epochsText(run)]);
  if (model !== '') facts.push(['Model', model]);
  return facts;
}

/** They as a list. */
export function factsList(facts: ReturnType<typeof runFacts>): readonly HTMLElement[] {
  return facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
}
