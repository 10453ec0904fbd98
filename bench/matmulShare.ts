import { matMul, randomUniform, tidy } from '@tensorflow/tfjs-core';
import { openEngine } from '../src/core/engine/chooseEngine';
import type { Ops } from '../src/core/engine/ops';
import { findModel } from '../src/core/model/catalog';
import { forwardCost } from '../src/core/model/computeCost';
import { resolveFreeze } from '../src/core/model/freezeSet';
import { UserError } from '../src/core/userError';
import { benchNetwork, benchPictures, SIZE } from './benchNetwork';
import { median } from './measureRun';

/** How close the frozen part of VGG16 comes to the machine's matrix multiplication, in GFLOP/s, same process. */
export interface MatmulShare {
  readonly matmul: number;
  readonly features: number;
  readonly share: number;
  /** Whether the processor multiplies in bfloat16. */
  readonly bfloat16: boolean;
}

const SIDE = 2048;
const BATCH = 16;
const ROUNDS = 7;

/** Measures both in turn and prints a line of JSON: a program of its own, so that the engine leaves with it. */
async function main(): Promise<void> {
  const { ops } = await openEngine('auto');
  const model = findModel('vgg16');
  const freeze = ['features'];
  const { network } = benchNetwork(model, freeze, ops);
  const { isFrozen } = resolveFreeze(model.root, freeze);
  const { fixed } = forwardCost(model.root, { isFrozen, frozenBatchNorm: 'eval', imageSize: SIZE });
  const pictures = benchPictures(BATCH);
  const square = randomUniform([SIDE, SIDE]);

  const matmul: number[] = [];
  const features: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    matmul.push(
      await rate(2 * SIDE ** 3, async () => {
        const product = tidy(() => matMul(square, square));
        await product.data();
        product.dispose();
      }),
    );
    features.push(await rate(BATCH * 2 * fixed, () => network.features(pictures)));
  }
  const result = { matmul: median(matmul), features: median(features), bfloat16: hasBfloat16(ops) };
  console.log(JSON.stringify({ ...result, share: result.features / result.matmul } satisfies MatmulShare));
}

function hasBfloat16(ops: Ops): boolean {
  try {
    ops.inPrecision('bfloat16');
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function rate(operations: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return operations / (performance.now() - start) / 1e6;
}

void main();
