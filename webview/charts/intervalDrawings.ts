import { scaleLinear } from 'd3-scale';
import { wilsonInterval, type Interval } from '../../src/protocol/wilsonInterval';
import { svg } from '../elements';

/** A share that was counted in some trials. */
interface Counted {
  readonly accuracy: number;
  readonly samples: number;
}

const WIDTH = 120;
const HEIGHT = 14;
const PAD = 5;

/** Draws accuracies with their intervals, on one scale that has room for all of them. The numbers stand beside them. */
export function intervalDrawings(all: readonly Counted[]): (of: Counted) => SVGSVGElement {
  const intervals = all.map(intervalOf);
  const scale = scaleLinear(
    [Math.min(...intervals.map(({ low }) => low)), Math.max(...intervals.map(({ high }) => high))],
    [PAD, WIDTH - PAD],
  );
  return counted => {
    const { low, high } = intervalOf(counted);
    const middle = HEIGHT / 2;
    const size = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT };
    return svg(
      'svg',
      { class: 'interval', ...size, 'aria-hidden': 'true' },
      svg('path', { d: `M${scale(low)},${middle}H${scale(high)}M${scale(low)},3v8M${scale(high)},3v8` }),
      svg('circle', { cx: scale(counted.accuracy), cy: middle, r: 4 }),
    );
  };
}

function intervalOf({ accuracy, samples }: Counted): Interval {
  return wilsonInterval(accuracy, samples);
}
