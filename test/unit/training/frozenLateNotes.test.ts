import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { buildGraph } from '../../../src/core/model/graph';
import { planTraining } from '../../../src/core/model/trainingPlan';
import { frozenLateNotes } from '../../../src/core/training/frozenLateNotes';

describe('what a run says of layers that are frozen behind others that train', () => {
  function notes(freeze: readonly string[], frozenBatchNorm: 'eval' | 'train' = 'eval'): readonly string[] {
    const { root } = findModel('efficientnet_lite0');
    const graph = buildGraph(root);
    const plan = planTraining(graph, resolveFreeze(root, freeze).isFrozen, frozenBatchNorm);
    return frozenLateNotes({ frozenBatchNorm }, graph, plan);
  }

  it('names what would have to be frozen, too', () =>
    assert.deepEqual(notes(['_blocks']), [
      'freeze: _conv_stem, _bn0 come before the frozen layers and train, so that all is computed in every epoch; freeze them too, and what is frozen is computed once.',
    ]));

  it('names the first of many', () =>
    assert.match(
      notes(['_conv_head'])[0]!,
      /^freeze: _conv_stem, _bn0, \S+, \S+ and \d+ layers more come before/,
    ));

  it('is nothing where the first layers are frozen, or none', () => {
    assert.deepEqual(notes(['_conv_stem', '_bn0', '_blocks']), []);
    assert.deepEqual(notes(['_conv_stem']), []);
    assert.deepEqual(notes([]), []);
  });

  it('is nothing where frozen batch norm changes with each batch', () =>
    assert.deepEqual(notes(['_blocks'], 'train'), []));
});
