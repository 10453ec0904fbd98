import { kaimingNormal, torchDefault, zeros } from './initialization';
import { sequential, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, batchNorm2d, conv2d, linear, maxPool2d, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

interface Block {
  /** Output channels over the width of the stage. */
  readonly expansion: number;
  readonly build: (inChannels: number, width: number, stride: number) => Container;
}

const basic: Block = { expansion: 1, build: basicBlock };
const bottleneck: Block = { expansion: 4, build: bottleneckBlock };

/** The block and how many of it in each of the four stages. */
const descriptions: Readonly<Record<string, readonly [Block, readonly number[]]>> = {
  resnet18: [basic, [2, 2, 2, 2]],
  resnet34: [basic, [3, 4, 6, 3]],
  resnet50: [bottleneck, [3, 4, 6, 3]],
  resnet101: [bottleneck, [3, 4, 23, 3]],
  resnet152: [bottleneck, [3, 8, 36, 3]],
};

/** torchvision's ResNet family (He et al. 2016; the bottleneck strides in its 3x3 convolution, "v1.5"). */
export const resnetModels = Object.entries(descriptions).map(
  ([name, [block, depths]]) => [name, () => resnet(name, block, depths)] as const,
);

function resnet(name: string, block: Block, depths: readonly number[]): Model {
  let channels = 64;
  const stages = depths.map((depth, stage) => {
    const width = 64 * 2 ** stage;
    const blocks = Array.from({ length: depth }, (_, index) => {
      const built = block.build(channels, width, stage > 0 && index === 0 ? 2 : 1);
      channels = width * block.expansion;
      return built;
    });
    return [`layer${stage + 1}`, sequential(blocks)] as const;
  });
  const children: Container['children'] = [
    ['conv1', conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false })],
    ['bn1', batchNorm2d(64)],
    ['relu', relu],
    ['maxpool', maxPool2d(3, 2, { padding: 1 })],
    ...stages,
    ['avgpool', adaptiveAvgPool2d(1)],
    ['fc', linear(channels, 1000)],
  ];
  const modules = children.map(([child]) => child);
  return {
    name,
    root: { type: 'ResNet', children, flow: [...modules.slice(0, -1), { flatten: true }, 'fc'] },
    head: 'fc',
    features: 'layer4',
    initialization: (path, layer) =>
      layer.type === 'Conv2d' ? { weight: kaimingNormal(layer), bias: zeros } : torchDefault(path, layer),
    preprocessing: imagenetPreprocessing,
  };
}

function basicBlock(inChannels: number, width: number, stride: number): Container {
  return residual('BasicBlock', inChannels, width, stride, [
    ['conv1', conv2d(inChannels, width, 3, { stride, padding: 1, bias: false })],
    ['bn1', batchNorm2d(width)],
    ['relu', relu],
    ['conv2', conv2d(width, width, 3, { padding: 1, bias: false })],
    ['bn2', batchNorm2d(width)],
  ]);
}

function bottleneckBlock(inChannels: number, width: number, stride: number): Container {
  const outChannels = width * bottleneck.expansion;
  const children: Container['children'] = [
    ['conv1', conv2d(inChannels, width, 1, { bias: false })],
    ['bn1', batchNorm2d(width)],
    ['conv2', conv2d(width, width, 3, { stride, padding: 1, bias: false })],
    ['bn2', batchNorm2d(width)],
    ['conv3', conv2d(width, outChannels, 1, { bias: false })],
    ['bn3', batchNorm2d(outChannels)],
    ['relu', relu],
  ];
  const branch = ['conv1', 'bn1', 'relu', 'conv2', 'bn2', 'relu', 'conv3', 'bn3'];
  return residual('Bottleneck', inChannels, outChannels, stride, children, branch);
}

/** A branch added to its input, brought to the branch's shape where that differs, and a ReLU over the sum. */
function residual(
  type: string,
  inChannels: number,
  outChannels: number,
  stride: number,
  children: Container['children'],
  branch: readonly string[] = children.map(([name]) => name),
): Container {
  const reshapes = stride !== 1 || inChannels !== outChannels;
  const downsample: readonly Layer[] = [
    conv2d(inChannels, outChannels, 1, { stride, bias: false }),
    batchNorm2d(outChannels),
  ];
  return {
    type,
    children: reshapes ? [...children, ['downsample', sequential(downsample)]] : children,
    flow: [{ add: [branch, reshapes ? ['downsample'] : []] }, 'relu'],
  };
}
