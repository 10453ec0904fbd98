import { t } from '../../protocol/language';

/** Below this many images a data set is small. */
export const SMALL = 2000;

/** What is known of the data when a fine-tune is planned. */
export interface DataSketch {
  readonly images: number;
  /** Whether the pictures are of the kind the model was pretrained on: ImageNet's photos of everyday things. */
  readonly similar: boolean;
}

/** One of the four ways to fine-tune, by how much data there is and how near it is to what the model knows. */
export interface FineTuneCase {
  readonly number: 1 | 2 | 3 | 4;
  /** What the data is: "few pictures, like ImageNet's". */
  readonly data: string;
  /** What to do, as an instruction. */
  readonly advice: string;
  /** Why, in a line. */
  readonly reason: string;
  /** Why, in sentences. */
  readonly why: string;
  readonly freeze: 'allButHead' | 'lowerHalf' | 'nothing';
  readonly weights: 'imagenet' | 'none';
}

const cases: Readonly<Record<FineTuneCase['number'], FineTuneCase>> = {
  1: {
    number: 1,
    get data() {
      return t("few pictures, like ImageNet's");
    },
    get advice() {
      return t('Train only the new last layer');
    },
    get reason() {
      return t('The other layers know enough.');
    },
    get why() {
      return t(
        'The pretrained layers already see what tells these classes apart, and so few pictures would spoil them. Only the new last layer trains.',
      );
    },
    freeze: 'allButHead',
    weights: 'imagenet',
  },
  2: {
    number: 2,
    get data() {
      return t("few pictures, unlike ImageNet's");
    },
    get advice() {
      return t('Train the upper half');
    },
    get reason() {
      return t('Edges and textures carry over.');
    },
    get why() {
      return t(
        'Edges and textures, which the lower layers see, carry over; what the upper layers build from them does not. The lower half stays, the upper half learns.',
      );
    },
    freeze: 'lowerHalf',
    weights: 'imagenet',
  },
  3: {
    number: 3,
    get data() {
      return t("many pictures, unlike ImageNet's");
    },
    get advice() {
      return t('Train everything from random weights');
    },
    get reason() {
      return t('There is enough to learn from; ImageNet hardly helps.');
    },
    get why() {
      return t(
        'There is enough to learn from, and what ImageNet taught hardly helps. Only the architecture is taken; everything trains from random weights.',
      );
    },
    freeze: 'nothing',
    weights: 'none',
  },
  4: {
    number: 4,
    get data() {
      return t("many pictures, like ImageNet's");
    },
    get advice() {
      return t('Train everything from pretrained weights');
    },
    get reason() {
      return t('They are a good start, and there is enough to move them all.');
    },
    get why() {
      return t(
        'The pretrained weights are a good start, and there are enough pictures to move all of them without learning those by heart.',
      );
    },
    freeze: 'nothing',
    weights: 'imagenet',
  },
};

/** The case that a data set looks like. */
export function fineTuneCase({ images, similar }: DataSketch): FineTuneCase {
  if (images < SMALL) return cases[similar ? 1 : 2];
  return cases[similar ? 4 : 3];
}

/** All four, in the order of their numbers. */
export const fineTuneCases: readonly FineTuneCase[] = [cases[1], cases[2], cases[3], cases[4]];
