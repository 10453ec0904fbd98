import type { LayerModel, LayerNode } from './layerModel';

/** A row's type, output and parameters, after its name: "Conv2d · 64×112×112 · 9,408". */
export function rowText(node: LayerNode): string {
  const { layer, outputShape, parameters, frozenBelow, frozenUntil, isHead } = node;
  const parts = [layer.type, outputShape.join('×')];
  if (parameters > 0) parts.push(count(parameters));
  if (frozenBelow) parts.unshift(`${frozenBelow.frozen} of ${frozenBelow.total} frozen`);
  if (frozenUntil !== undefined) parts.unshift(`frozen until epoch ${frozenUntil}`);
  if (isHead) parts.unshift('head');
  return parts.join(' · ');
}

/** The same for the ears. */
export function rowSpeech(node: LayerNode): string {
  const { path, layer, outputShape, parameters, frozenBelow, frozenUntil, isHead, state } = node;
  const parts = [
    isHead ? `${path}, the head` : path,
    frozenBelow ? `partly frozen, ${frozenBelow.frozen} of ${frozenBelow.total}` : state,
    ...(frozenUntil === undefined ? [] : [`until epoch ${frozenUntil}`]),
    layer.type,
    `output ${outputShape.join(' by ')}`,
    parameters === 0 ? 'no parameters' : `${count(parameters)} parameters`,
  ];
  return parts.join(', ');
}

/** For the view's head: "10.5 of 11.2 M train · 55 % cached · resnet18". */
export function titleText({ name, trainable, parameters, cachedShare, cacheable }: LayerModel): string {
  const millions = (value: number): string => (value / 1e6).toFixed(value < 1e5 && value > 0 ? 3 : 1);
  const parts = [`${millions(trainable)} of ${millions(parameters)} M train`];
  if (cacheable && cachedShare > 0) parts.push(`${percent(cachedShare)} cached`);
  return [...parts, name].join(' · ');
}

/** In full sentences, above the tree. */
export function summaryText(model: LayerModel): string {
  const { trainable, parameters, cachedShare, cacheable } = model;
  const train = `${count(trainable)} of ${count(parameters)} parameters train (${percent(trainable / parameters)}).`;
  const compute = computeText(cachedShare, cacheable);
  return `${train} ${compute[0]!.toUpperCase()}${compute.slice(1)}`;
}

function computeText(share: number, cacheable: boolean): string {
  if (share === 0) return 'All of the forward pass is computed in every epoch.';
  if (!cacheable) {
    return `${percent(share)} of the forward pass is frozen, but computed in every epoch: training shows new crops or mixtures each time.`;
  }
  return `${percent(share)} of the forward pass is frozen from the first layer on: computed once and cached.`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** "55 %"; what is nearly nothing or nearly all does not become it by rounding. */
function percent(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`;
  const digits = share < 0.1 || share > 0.99 ? 1 : 0;
  const rounded = (100 * share).toFixed(digits);
  if (Number(rounded) === 0) return 'less than 0.1 %';
  if (Number(rounded) === 100) return 'more than 99.9 %';
  return `${rounded} %`;
}
