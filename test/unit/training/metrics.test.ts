import assert from 'node:assert/strict';
import { CrossEntropyLoss } from '../../../src/core/training/crossEntropyLoss';
import { argMax, PhaseMetrics } from '../../../src/core/training/metrics';

describe('PhaseMetrics', () => {
  const logs = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities, Math.log);

  const add = (metrics: PhaseMetrics, values: Float32Array, labels: readonly number[]): void =>
    metrics.add(values, labels, new CrossEntropyLoss(values.length / labels.length).targets(labels));

  it('weighs batches by their samples, so that a small last batch counts for what it is', () => {
    const metrics = new PhaseMetrics();
    add(metrics, logs(0.5, 0.5, 0.5, 0.5, 0.5, 0.5), [0, 0, 0]);
    add(metrics, logs(0.25, 0.75), [0]);
    assert.ok(Math.abs(metrics.loss - (3 * Math.log(2) + Math.log(4)) / 4) < 1e-6);
    assert.equal(metrics.accuracy, 0.75);
    assert.equal(metrics.samples, 4);
  });

  it('counts a picture as right when its own class scores highest', () => {
    const metrics = new PhaseMetrics();
    add(metrics, logs(0.2, 0.5, 0.3, 0.1, 0.1, 0.8), [1, 0]);
    assert.equal(metrics.accuracy, 0.5);
  });
});

describe('argMax', () => {
  it('takes the first of equals', () => assert.equal(argMax([1, 3, 3, 2]), 1));
  it('takes the only one', () => assert.equal(argMax([-5]), 0));
});
