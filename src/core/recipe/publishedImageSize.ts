const USUAL = 224;
const OTHERS: Readonly<Record<string, number>> = {
  efficientnet_b1: 240,
  efficientnet_b2: 288,
  efficientnet_b3: 300,
};

/** The side of the pictures that the published weights of a model are meant for, in pixels: `imageSize` where a recipe has none. */
export function publishedImageSize(model: string | undefined): number {
  return Object.hasOwn(OTHERS, model ?? '') ? OTHERS[model!]! : USUAL;
}
