import { parseArgs } from 'node:util';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../src/core/engine/chooseEngine';
import type { NetworkInput } from '../src/core/engine/networkInput';
import type { Ops } from '../src/core/engine/ops';
import { createOptimizer } from '../src/core/engine/optimizers';
import type { Targets } from '../src/core/engine/targets';
import { findModel } from '../src/core/model/catalog';
import { replaceHead } from '../src/core/model/replaceHead';
import { benchNetwork, benchPictures } from './benchNetwork';
import { casesNamed, type Case } from './cases';

/**
 * `npm run bench:profile -- [--shapes] [CASE]...`: where the time goes in a step of training, and in making the features
 * that it starts from, for cases of `npm run bench` (2 and 3 unless told), by operation or by what it is given. TensorFlow
 * on a processor does each operation while it is called, so that its time is that of the call.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { shapes: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const wanted = casesNamed(positionals.length > 0 ? positionals : ['2', '3']);
  const { ops } = await openEngine('tensorflow', 'cpu');
  for (const benchmark of wanted) await profile(benchmark, ops, values.shapes);
}

const CLASSES = 2;
const ROUNDS = 5;

/** What calls of one operation took, and the operations they made of numbers (a product and its sum are two). */
interface Taken {
  ms: number;
  flops: number;
  calls: number;
}

async function profile(
  { name, model: id, freeze, batchSize }: Case,
  ops: Ops,
  byShape: boolean,
): Promise<void> {
  const model = replaceHead(findModel(id), CLASSES);
  const watch = new Watch(byShape);
  const { network, plan } = benchNetwork(model, freeze, watch.watched(ops));
  const optimizer = createOptimizer(
    { type: 'sgd', lr: 0.001, momentum: 0.9, weightDecay: 0 },
    network.variables,
  );
  const pictures = benchPictures(batchSize);
  const values = new Float32Array(batchSize * CLASSES).map((_, i) => i % CLASSES);
  const targets: Targets = { values, divisor: batchSize };

  console.log(`**${name}**: batches of ${batchSize}, the mean of ${ROUNDS} after the first\n`);
  let input: NetworkInput = pictures;
  if (plan.prefix.length > 0) {
    console.log(await watch.table('the features of a batch', () => network.features(pictures)));
    input = { features: await network.features(pictures) };
  }
  console.log(
    await watch.table('a step of training', () => network.trainStep(input, targets, optimizer, 0.001)),
  );
  optimizer.dispose();
  network.dispose();
}

/** Times what goes to an engine's operations. */
class Watch {
  private readonly taken = new Map<string, Taken>();

  constructor(private readonly byShape: boolean) {}

  watched(ops: Ops): Ops {
    const watched: Ops = new Proxy(ops, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'inPrecision') return () => watched;
        if (typeof value !== 'function' || name === 'settle' || name === 'place') return value;
        return (...args: unknown[]): unknown => {
          const start = performance.now();
          const result: unknown = value.apply(target, args);
          const key = this.byShape ? `${String(name)} ${args.map(shapeText).join(' ')}` : String(name);
          this.add(key, performance.now() - start, flopsOf(String(name), args, result));
          return result;
        };
      },
    });
    return watched;
  }

  /** Does it once unwatched, then several times; a table of Markdown of what one time takes. */
  async table(what: string, work: () => Promise<unknown>): Promise<string> {
    await work();
    this.taken.clear();
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) await work();
    const whole = performance.now() - start;
    const told = [...this.taken].sort(([, a], [, b]) => b.ms - a.ms);
    const rest = whole - told.reduce((sum, [, { ms }]) => sum + ms, 0);
    const row = (name: string, { ms, flops, calls }: Taken): string =>
      `| ${name} | ${calls ? calls / ROUNDS : ''} | ${(ms / ROUNDS).toFixed(1)} | ${((100 * ms) / whole).toFixed(1)}% | ` +
      `${flops ? (flops / ms / 1e6).toFixed(0) : ''} |`;
    return [
      `| ${what} | calls | ms | share | GFLOP/s |`,
      '|---|---|---|---|---|',
      ...told.map(([name, taken]) => row(name, taken)),
      row('all else', { ms: rest, flops: 0, calls: 0 }),
      row('**whole**', { ms: whole, flops: 0, calls: 0 }),
      '',
    ].join('\n');
  }

  private add(name: string, ms: number, flops: number): void {
    const before = this.taken.get(name) ?? { ms: 0, flops: 0, calls: 0 };
    this.taken.set(name, { ms: before.ms + ms, flops: before.flops + flops, calls: before.calls + 1 });
  }
}

function shapeText(value: unknown): string {
  const { shape, stride } = (value ?? {}) as { shape?: readonly number[]; stride?: readonly number[] };
  return (Array.isArray(value) ? (value as unknown[]) : (shape ?? stride ?? [])).join('x');
}

/** Of a convolution over all channels or one of its gradients; 0 for all others, whose time goes into memory. */
function flopsOf(name: string, args: readonly unknown[], result: unknown): number {
  const [first, second, third] = args as [Tensor, Tensor, readonly number[]];
  const products = (filter: readonly number[], { shape }: Tensor): number =>
    2 * filter.reduce((a, b) => a * b) * shape[0] * shape[1]! * shape[2]!;
  switch (name) {
    case 'conv2d':
      return products(second.shape, result as Tensor);
    case 'fusedConv2d':
      return second.shape[3] === 1 ? 0 : products(second.shape, result as Tensor);
    case 'conv2dInputGradient':
      return products(second.shape, first);
    case 'conv2dFilterGradient':
      return products(third, second);
    default:
      return 0;
  }
}

void main();
