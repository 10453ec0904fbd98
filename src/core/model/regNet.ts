import { convNormActivation, squeezeExcitation } from './blocks';
import { kaimingNormal, normal, torchDefault, zeros } from './initialization';
import { sequential, type Container } from './layerTree';
import { adaptiveAvgPool2d, linear, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

export interface RegNetDescription {
  /** Blocks and channels of each stage. */
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  /** Channels of a group. */
  readonly groupWidth: number;
}

const descriptions: Readonly<Record<string, RegNetDescription>> = {
  regnet_y_400mf: { depths: [1, 3, 6, 6], widths: [48, 104, 208, 440], groupWidth: 8 },
};

const stemChannels = 32;
/** Channels that are squeezed to, by those that go into the block. */
const squeezeRatio = 0.25;

/** torchvision's RegNetY (Radosavovic et al. 2020). */
export const regNetModels = Object.entries(descriptions).map(
  ([name, description]) => [name, () => regNet(name, description)] as const,
);

/** A RegNetY of any stages, named and ordered as torchvision's. */
export function regNet(name: string, { depths, widths, groupWidth }: RegNetDescription): Model {
  let channels = stemChannels;
  const stages = widths.map((width, stage) => {
    const blocks = Array.from({ length: depths[stage]! }, (_, index) => {
      const block = bottleneckBlock(channels, width, index === 0 ? 2 : 1, groupWidth);
      channels = width;
      return [`block${stage + 1}-${index}`, block] as const;
    });
    return [`block${stage + 1}`, sequential(blocks, 'AnyStage')] as const;
  });
  const stem = convNormActivation(3, stemChannels, 3, { stride: 2, activation: relu });
  return {
    name,
    root: {
      type: 'RegNet',
      children: [
        ['stem', { ...stem, type: 'SimpleStemIN' }],
        ['trunk_output', sequential(stages)],
        ['avgpool', adaptiveAvgPool2d(1)],
        ['fc', linear(channels, 1000)],
      ],
      flow: ['stem', 'trunk_output', 'avgpool', { flatten: true }, 'fc'],
    },
    head: 'fc',
    features: 'trunk_output',
    initialization: (path, layer) =>
      layer.type === 'Conv2d'
        ? { weight: kaimingNormal(layer), bias: torchDefault(path, layer).bias }
        : { weight: normal(0.01), bias: zeros },
    preprocessing: { ...imagenetPreprocessing, resize: 232 },
  };
}

function bottleneckBlock(
  inChannels: number,
  outChannels: number,
  stride: number,
  groupWidth: number,
): Container {
  const reshapes = stride !== 1 || inChannels !== outChannels;
  const groups = outChannels / groupWidth;
  const branch = sequential(
    [
      ['a', convNormActivation(inChannels, outChannels, 1, { activation: relu })],
      ['b', convNormActivation(outChannels, outChannels, 3, { stride, groups, activation: relu })],
      ['se', squeezeExcitation(outChannels, Math.round(squeezeRatio * inChannels))],
      ['c', convNormActivation(outChannels, outChannels, 1, { activation: undefined })],
    ],
    'BottleneckTransform',
  );
  const projection = convNormActivation(inChannels, outChannels, 1, { stride, activation: undefined });
  return {
    type: 'ResBottleneckBlock',
    children: [...(reshapes ? ([['proj', projection]] as const) : []), ['f', branch], ['activation', relu]],
    flow: [{ add: [reshapes ? ['proj'] : [], ['f']] }, 'activation'],
  };
}
