import assert from 'node:assert/strict';
import { tensorCount } from '../../../../src/core/engine/network';
import { resizeHeat } from '../../../../src/core/image/heatMap';
import { buildGraph, lastOutputOf } from '../../../../src/core/model/graph';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planGradientAt } from '../../../../src/core/model/trainingPlan';
import { gradCam } from '../../../../src/core/training/gradCam';
import { fixtureModel, gradCamFixture } from '../../../parity/fixtures';
import { hashPixels, hashWeights } from '../../../parity/hashNetwork';
import { describeEngines, networkOn } from './engines';

/** Of a map whose largest value is 1: where a ReLU's input is within rounding of zero, both sides of it are right. */
const TOLERANCE = 3e-4;

/** What an engine that is slow here has to give as well. */
const FOR_SLOW = ['squeezenet1_1', 'vitSmall'];

describeEngines("Grad-CAM is what PyTorch's hooks make of it", engine => {
  const { classes, upsampled: side, cases } = gradCamFixture();
  for (const { name, features: path, imageSize, gain, explained, maps, upsampled } of cases) {
    if (engine.slow && !FOR_SLOW.includes(name)) continue;
    it(name, async () => {
      const model = replaceHead(fixtureModel(name), classes);
      assert.equal(model.features, path);
      const graph = buildGraph(model.root);
      const plan = planGradientAt(graph, lastOutputOf(graph, model.features));
      const network = await networkOn(
        engine.name,
        model,
        plan,
        hashWeights(stateDictShapes(model.root), gain),
      );
      const pixels = hashPixels('gradcam', explained.length, imageSize);
      const [features] = await network.features({ pixels, size: imageSize });
      const [gradients] = await network.boundaryGradients({ features: [features!] }, explained);
      network.dispose();
      assert.equal(tensorCount(), 0);

      const found = gradCam(features!, gradients!);
      for (const [picture, rows] of maps.entries()) {
        const largest = Math.max(...rows.flat());
        assert.deepEqual([found[picture]!.rows, found[picture]!.columns], [rows.length, rows[0]!.length]);
        compare(
          found[picture]!.values,
          rows.flat().map(value => (largest === 0 ? 0 : value / largest)),
        );
      }
      compare(resizeHeat(found[0]!, side, side).values, upsampled.flat());
    });
  }
});

function compare(found: Float32Array, expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(found[i]! - value) < TOLERANCE, `${i}: ${found[i]} where PyTorch has ${value}`);
  });
}
