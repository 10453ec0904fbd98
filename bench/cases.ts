/** One row of the table. */
export interface Case {
  /** For `--case`. */
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly freeze: readonly string[];
  /** Pictures of the train and of the test phase. */
  readonly train: number;
  readonly test: number;
  readonly batchSize: number;
  /** Epochs of the job that is compared; 1 stands for one epoch alone, without the start. */
  readonly epochs: number;
  /** Epochs that are run where features are kept, so that most are short. */
  readonly keptEpochs: number;
  readonly rivals: readonly Rival[];
}

/** What is measured: PyTorch in three styles (torchLoop.py), Thaw in two precisions. */
export type Rival = 'article' | 'tuned' | 'cached' | 'thaw' | 'thawBfloat16';

const ALL: readonly Rival[] = ['article', 'tuned', 'cached', 'thaw', 'thawBfloat16'];

export const cases: readonly Case[] = [
  {
    ...{ id: '1', name: '1: VGG16, head only', model: 'vgg16' },
    freeze: ['features', 'avgpool', ...[0, 1, 2, 3, 4, 5].map(i => `classifier.${i}`)],
    ...{ train: 276, test: 69, batchSize: 16, epochs: 25, keptEpochs: 25, rivals: ALL },
  },
  {
    ...{ id: '2', name: '2: ResNet18, first 6 children frozen', model: 'resnet18' },
    freeze: ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'],
    ...{ train: 273, test: 68, batchSize: 16, epochs: 25, keptEpochs: 5, rivals: ALL },
  },
  {
    ...{ id: '3', name: '3/4: ResNet18, everything trains', model: 'resnet18', freeze: [] },
    ...{
      train: 256,
      test: 64,
      batchSize: 16,
      epochs: 1,
      keptEpochs: 2,
      rivals: ALL.filter(rival => rival !== 'cached'),
    },
  },
  {
    ...{ id: 'lite0', name: 'EfficientNet-Lite0, head only', model: 'efficientnet_lite0' },
    freeze: ['_conv_stem', '_bn0', '_blocks', '_conv_head', '_bn1'],
    ...{ train: 276, test: 69, batchSize: 16, epochs: 25, keptEpochs: 25, rivals: ALL },
  },
  {
    ...{ id: 'mobilenet', name: 'MobileNetV2, head only', model: 'mobilenet_v2', freeze: ['features'] },
    ...{ train: 276, test: 69, batchSize: 16, epochs: 25, keptEpochs: 25, rivals: ALL },
  },
];

/** Those of the cases that have such an `id`; an Error names one that there is not. */
export function casesNamed(ids: readonly string[]): readonly Case[] {
  const unknown = ids.find(id => !cases.some(known => known.id === id));
  if (unknown !== undefined)
    throw new Error(`No case ${unknown}; there are ${cases.map(({ id }) => id).join(', ')}`);
  return cases.filter(({ id }) => ids.includes(id));
}
