import { scaleLinear } from 'd3-scale';
import type { ComparedBest, ComparedRun } from '../../src/protocol/comparisonMessages';
import { wilsonInterval, type Interval } from '../../src/protocol/wilsonInterval';
import { runStyle, swatch } from '../charts/runStyle';
import { element, svg } from '../elements';

const WIDTH = 120;
const HEIGHT = 14;
const PAD = 5;

/** The figures of the best epochs, a row for each run, with the intervals of their accuracies drawn on one scale. */
export function bestTable(runs: readonly ComparedRun[], numberOf: (folder: string) => number): HTMLElement {
  const intervals = runs.flatMap(({ best }) => (best ? [intervalOf(best)] : []));
  const scale = scaleLinear(
    [Math.min(...intervals.map(({ low }) => low)), Math.max(...intervals.map(({ high }) => high))],
    [PAD, WIDTH - PAD],
  );
  const names = runs.find(({ best }) => best)?.best?.numbers.map(({ name }) => name) ?? [];
  const heads = names.map(name => element('th', { scope: 'col', class: 'number' }, name));
  const rows = runs.map(({ folder, name, best, problem }) => {
    const look = runStyle(numberOf(folder));
    const head = element(
      'th',
      { scope: 'row', title: folder },
      swatch(look),
      ' ',
      element('span', { class: 'name' }, name),
    );
    const cells = best
      ? [
          element('td', { class: look.colourClass }, drawing(best, scale)),
          ...best.numbers.map(({ text }) => element('td', { class: 'number' }, text)),
        ]
      : [element('td', { colspan: names.length + 1 }, element('p', { class: 'problem' }, problem ?? ''))];
    return element('tr', {}, head, ...cells);
  });
  return element(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Figures of the best epochs' },
    element(
      'table',
      { class: 'best-epochs' },
      element(
        'thead',
        {},
        element('tr', {}, element('th', { scope: 'col' }, 'Run'), element('td'), ...heads),
      ),
      element('tbody', {}, ...rows),
    ),
  );
}

function intervalOf({ accuracy, samples }: ComparedBest): Interval {
  return wilsonInterval(accuracy, samples);
}

/** The numbers stand beside it. */
function drawing(best: ComparedBest, scale: (accuracy: number) => number): SVGSVGElement {
  const { low, high } = intervalOf(best);
  const middle = HEIGHT / 2;
  return svg(
    'svg',
    {
      class: 'interval',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      'aria-hidden': 'true',
    },
    svg('path', { d: `M${scale(low)},${middle}H${scale(high)}M${scale(low)},3v8M${scale(high)},3v8` }),
    svg('circle', { cx: scale(best.accuracy), cy: middle, r: 4 }),
  );
}
