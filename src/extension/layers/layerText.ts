import { numberText, t } from '../../protocol/language';
import type { LayerModel, LayerNode } from './layerModel';

/** A row's type, output and parameters, after its name: "Conv2d · 64×112×112 · 9,408". */
export function rowText(node: LayerNode): string {
  const { layer, outputShape, parameters, frozenBelow, frozenUntil, isHead } = node;
  const parts = [layer.type, outputShape.join('×')];
  if (parameters > 0) parts.push(count(parameters));
  if (frozenBelow) parts.unshift(t('{0} of {1} frozen', frozenBelow.frozen, frozenBelow.total));
  if (frozenUntil !== undefined) parts.unshift(t('frozen until epoch {0}', frozenUntil));
  if (isHead) parts.unshift(t('head'));
  return parts.join(' · ');
}

/** The same for the ears. */
export function rowSpeech(node: LayerNode): string {
  const { path, layer, outputShape, parameters, frozenBelow, frozenUntil, isHead, state } = node;
  const parts = [
    isHead ? t('{0}, the head', path) : path,
    frozenBelow ? t('partly frozen, {0} of {1}', frozenBelow.frozen, frozenBelow.total) : stateWord(state),
    ...(frozenUntil === undefined ? [] : [t('until epoch {0}', frozenUntil)]),
    layer.type,
    t('output {0}', outputShape.join(t(' by '))),
    parameters === 0 ? t('no parameters') : t('{0} parameters', count(parameters)),
  ];
  return parts.join(', ');
}

/** For the view's head: "10.5 of 11.2 M train · 55 % cached · resnet18". */
export function titleText({ name, trainable, parameters, cachedShare, cacheable }: LayerModel): string {
  const millions = (value: number): string => (value / 1e6).toFixed(value < 1e5 && value > 0 ? 3 : 1);
  const parts = [t('{0} of {1} M train', millions(trainable), millions(parameters))];
  if (cacheable && cachedShare > 0) parts.push(t('{0} cached', percent(cachedShare)));
  return [...parts, name].join(' · ');
}

/** In full sentences, above the tree. */
export function summaryText(model: LayerModel): string {
  const { trainable, parameters, cachedShare, cacheable } = model;
  const train = t(
    '{0} of {1} parameters train ({2}).',
    count(trainable),
    count(parameters),
    percent(trainable / parameters),
  );
  const compute = computeText(cachedShare, cacheable);
  return `${train} ${compute[0]!.toUpperCase()}${compute.slice(1)}`;
}

function computeText(share: number, cacheable: boolean): string {
  if (share === 0) return t('All of the forward pass is computed in every epoch.');
  if (!cacheable) {
    return t(
      '{0} of the forward pass is frozen, but computed in every epoch: training shows new crops or mixtures each time.',
      percent(share),
    );
  }
  return t(
    '{0} of the forward pass is frozen from the first layer on: computed once and cached.',
    percent(share),
  );
}

function count(value: number): string {
  return numberText(value);
}

/** "55 %"; what is nearly nothing or nearly all does not become it by rounding. */
function percent(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`;
  const digits = share < 0.1 || share > 0.99 ? 1 : 0;
  const rounded = (100 * share).toFixed(digits);
  if (Number(rounded) === 0) return t('less than 0.1 %');
  if (Number(rounded) === 100) return t('more than 99.9 %');
  return `${rounded} %`;
}

/** Whether a module's weights change: "2 of 4 frozen", "frozen until epoch 3". */
export function stateText({ state, frozenBelow, frozenUntil }: LayerNode): string {
  if (frozenBelow) return t('{0} of {1} frozen', frozenBelow.frozen, frozenBelow.total);
  return frozenUntil === undefined ? stateWord(state) : t('frozen until epoch {0}', frozenUntil);
}

function stateWord(state: LayerNode['state']): string {
  return state === 'frozen' ? t('frozen') : t('trainable');
}
