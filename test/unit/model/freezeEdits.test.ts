import assert from 'node:assert/strict';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import {
  forwardOrder,
  freezeAllBut,
  freezeListOf,
  freezeUpTo,
  frozenLeaves,
  leavesOf,
  setFrozen,
  toggleFrozen,
  unfreezeAll,
  unfreezeFrom,
} from '../../../src/core/model/freezeEdits';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { namedLayers } from '../../../src/core/model/layerTree';
import { Random } from '../../../src/core/random';

const resnet18 = findModel('resnet18').root;
const lite0 = findModel('efficientnet_lite0').root;

describe('freezing and unfreezing layers of a recipe', () => {
  const freeze = (before: readonly string[], ...paths: string[]) => setFrozen(paths, true)(resnet18, before);
  const unfreeze = (before: readonly string[], ...paths: string[]) =>
    setFrozen(paths, false)(resnet18, before);

  it('adds a layer in the order of the tree', () =>
    assert.deepEqual(freeze(['conv1', 'layer2'], 'bn1'), ['conv1', 'bn1', 'layer2']));

  it('writes a parent where all its children are frozen', () =>
    assert.deepEqual(freeze(['layer1.0'], 'layer1.1'), ['layer1']));

  it('replaces a parent by the siblings of a child that is unfrozen', () =>
    assert.deepEqual(unfreeze(['conv1', 'layer1'], 'layer1.0.conv1'), [
      'conv1',
      'layer1.0.bn1',
      'layer1.0.relu',
      'layer1.0.conv2',
      'layer1.0.bn2',
      'layer1.1',
    ]));

  it('freezes all below a parent', () => assert.deepEqual(freeze(['layer1.0.bn1'], 'layer1'), ['layer1']));

  it('unfreezes all below a parent', () =>
    assert.deepEqual(unfreeze(['bn1', 'layer1.0', 'layer1.1.conv1'], 'layer1'), ['bn1']));

  it('takes several at once', () =>
    assert.deepEqual(freeze([], 'layer2', 'conv1', 'layer1.0'), ['conv1', 'layer1.0', 'layer2']));

  it('freezes those of which one is not, and unfreezes those that all are', () => {
    const toggle = (before: readonly string[]) => toggleFrozen(['conv1', 'layer1'])(resnet18, before);
    assert.deepEqual(toggle(['conv1']), ['conv1', 'layer1']);
    assert.deepEqual(toggle(['conv1', 'bn1', 'layer1']), ['bn1']);
  });

  it('drops what is said twice', () =>
    assert.deepEqual(freeze(['layer1', 'layer1.0', 'layer1'], 'conv1'), ['conv1', 'layer1']));

  it('keeps what the model does not have: it may be a slip of the pen', () =>
    assert.deepEqual(freeze(['layr2', 'layer1'], 'conv1'), ['conv1', 'layer1', 'layr2']));

  it('does not take conv10 for a part of conv1', () =>
    assert.deepEqual([...frozenLeaves(findModel('vgg16').root, ['features.1'])], ['features.1']));
});

describe('freezing up to a layer', () => {
  const upTo = (path: string, before: readonly string[] = []) => freezeUpTo(path)(resnet18, before);

  it('freezes case 2 of ResNet18 by one command', () =>
    assert.deepEqual(upTo('layer2'), ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2']));

  it('includes the layer itself and nothing of its block after it', () =>
    assert.deepEqual(upTo('layer1.0.bn1'), [
      'conv1',
      'bn1',
      'relu',
      'maxpool',
      'layer1.0.conv1',
      'layer1.0.bn1',
    ]));

  it('leaves what is frozen further up', () =>
    assert.deepEqual(upTo('bn1', ['layer4']), ['conv1', 'bn1', 'layer4']));

  it('goes by the way of the data where the tree lists a module last that comes first', () =>
    assert.deepEqual(freezeUpTo('_swish')(lite0, []), ['_conv_stem', '_bn0', '_swish']));

  it('does nothing for a layer the model does not have', () =>
    assert.deepEqual(upTo('layr1', ['conv1']), ['conv1']));
});

describe('unfreezing from a layer', () => {
  it('unfreezes the layer and all after it', () =>
    assert.deepEqual(unfreezeFrom('layer2.1')(resnet18, ['conv1', 'layer1', 'layer2', 'layer3', 'fc']), [
      'conv1',
      'layer1',
      'layer2.0',
    ]));

  it('does nothing for a layer the model does not have', () =>
    assert.deepEqual(unfreezeFrom('layr1')(resnet18, ['fc']), ['fc']));
});

describe('freezing all but the head', () => {
  it('gives case 1 of VGG16', () =>
    assert.deepEqual(freezeAllBut('classifier.6')(findModel('vgg16').root, ['classifier']), [
      'features',
      'avgpool',
      ...[0, 1, 2, 3, 4, 5].map(index => `classifier.${index}`),
    ]));

  for (const name of modelNames) {
    it(`leaves only the head of ${name} to train`, () => {
      const { root, head } = findModel(name);
      const { isFrozen } = resolveFreeze(root, freezeAllBut(head)(root, []));
      assert.deepEqual(
        leavesOf(root).filter(path => !isFrozen(path)),
        [head],
      );
    });
  }
});

describe('every edit of a freeze list', () => {
  /** Any list: some modules of the tree, in any order, parents beside their children. */
  function draw(name: string, seed: number) {
    const { root } = findModel(name);
    const random = new Random(seed, name);
    const paths = random.shuffle(Array.from(namedLayers(root), ([path]) => path));
    const some = (most: number) => paths.slice(0, random.integer(most));
    return {
      root,
      before: some(12),
      asked: random.shuffle(paths).slice(0, 1 + random.integer(4)),
    };
  }
  const below = (leaf: string, paths: readonly string[]) =>
    paths.some(path => leaf === path || leaf.startsWith(`${path}.`));

  for (const name of [
    'resnet18',
    'resnet50',
    'vgg16_bn',
    'squeezenet1_1',
    'mobilenet_v2',
    'efficientnet_lite0',
  ]) {
    it(`freezes exactly what was asked, and says it in the shortest way (${name})`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const { root, before, asked } = draw(name, seed);
        const leaves = leavesOf(root);
        const order = forwardOrder(root);
        const was = leaves.filter(leaf => below(leaf, before));
        const at = order.filter(leaf => below(leaf, asked.slice(0, 1)));
        const indices = at.map(leaf => order.indexOf(leaf));
        const expected: [readonly string[], (leaf: string) => boolean][] = [
          [setFrozen(asked, true)(root, before), leaf => was.includes(leaf) || below(leaf, asked)],
          [setFrozen(asked, false)(root, before), leaf => was.includes(leaf) && !below(leaf, asked)],
          [
            freezeUpTo(asked[0]!)(root, before),
            leaf => was.includes(leaf) || order.indexOf(leaf) <= Math.max(...indices),
          ],
          [
            unfreezeFrom(asked[0]!)(root, before),
            leaf => was.includes(leaf) && order.indexOf(leaf) < Math.min(...indices),
          ],
          [unfreezeAll(root, before), () => false],
        ];
        for (const [after, frozen] of expected) {
          const { isFrozen } = resolveFreeze(root, after);
          assert.deepEqual(leaves.filter(isFrozen), leaves.filter(frozen));
          assert.deepEqual(after, freezeListOf(root, new Set(leaves.filter(frozen))));
          assert.equal(new Set(after).size, after.length);
        }
      }
    });
  }

  it('is undone by its opposite where nothing of it was frozen before', () => {
    for (const path of ['layer1', 'layer3.1.conv2', 'fc']) {
      const before = ['conv1', 'layer2'];
      assert.deepEqual(setFrozen([path], false)(resnet18, setFrozen([path], true)(resnet18, before)), before);
    }
  });
});
