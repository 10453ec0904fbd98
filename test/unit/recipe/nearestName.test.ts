import assert from 'node:assert/strict';
import { nearestName } from '../../../src/core/recipe/nearestName';

describe('the nearest name', () => {
  const names = ['conv1', 'bn1', 'layer1', 'layer1.0.conv1', 'layer2', 'fc'];
  for (const [written, meant] of [
    ['conv1', 'conv1'],
    ['Conv1', 'conv1'],
    ['cnov1', 'conv1'],
    ['layer1.0.cov1', 'layer1.0.conv1'],
    ['layr2', 'layer2'],
    ['bn', 'bn1'],
    ['classifier', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const) {
    it(`to ${JSON.stringify(written.slice(0, 20))} is ${meant ?? 'none'}`, () => {
      assert.equal(nearestName(written, names), meant);
    });
  }
});
