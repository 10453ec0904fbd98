import { findModel, modelNames } from '../../core/model/catalog';
import { forwardCost } from '../../core/model/computeCost';
import { describeLayers, type LayerDescription } from '../../core/model/describeLayers';
import { resolveFreeze } from '../../core/model/freezeSet';
import { buildGraph } from '../../core/model/graph';
import { namedLayers, type Container, type Layer } from '../../core/model/layerTree';
import { replaceHead } from '../../core/model/replaceHead';
import { fittingSize } from '../../core/model/shapes';
import { drawsCrops } from '../../core/recipe/drawsCrops';
import type { LayerFields } from '../../core/recipe/layerFields';

/** A module as a row shows it. */
export interface LayerNode {
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly layer: Layer;
  readonly parameters: number;
  readonly outputShape: readonly number[];
  readonly state: 'frozen' | 'trainable' | 'mixed';
  /** Of a mixed row: how many of its children, or where those are mixed of the layers below, are frozen. */
  readonly frozenBelow: { readonly frozen: number; readonly total: number } | undefined;
  /** Of a frozen row: the epoch from which all of it trains; undefined where there is none. */
  readonly frozenUntil: number | undefined;
  readonly isHead: boolean;
  readonly parent: LayerNode | undefined;
  readonly children: readonly LayerNode[];
}

/** The model of a recipe as the Layers view shows it. */
export interface LayerModel {
  readonly name: string;
  readonly root: Container;
  readonly head: string;
  /** The modules in the model itself, first to last. */
  readonly nodes: readonly LayerNode[];
  /** All modules by path, parents before their children. */
  readonly byPath: ReadonlyMap<string, LayerNode>;
  readonly parameters: number;
  readonly trainable: number;
  /** Share of the forward pass that is frozen from the first layer on, so that its features can be kept: 0 to 1. */
  readonly cachedShare: number;
  /** Whether training keeps these features: not where it shows other crops or mixtures in each epoch. */
  readonly cacheable: boolean;
}

/** Outputs of a head whose number nobody knows yet: those of the published weights. */
const PUBLISHED = 1000;

/** Builds it; undefined where the recipe names no model that there is. Paths that the model lacks freeze nothing. */
export function buildLayerModel(
  fields: LayerFields,
  dataClasses: number | undefined,
): LayerModel | undefined {
  if (fields.model === undefined || !modelNames.includes(fields.model)) return undefined;
  const { frozenBatchNorm } = fields;
  const model = replaceHead(findModel(fields.model), fields.classes ?? dataClasses ?? PUBLISHED);
  // Of a size that does not fit the recipe's own diagnostics tell.
  const imageSize = fittingSize(buildGraph(model.root), fields.imageSize);
  const layers = new Map(namedLayers(model.root));
  const freeze = fields.freeze.filter(path => layers.has(path));
  const description = describeLayers(model, { freeze, imageSize });
  const { isFrozen } = resolveFreeze(model.root, freeze);
  const stages = fields.unfreeze.map(stage => {
    const known = stage.freeze.filter(path => layers.has(path));
    return { epoch: stage.epoch, isFrozen: resolveFreeze(model.root, known).isFrozen };
  });
  const cost = forwardCost(model.root, { isFrozen, frozenBatchNorm, imageSize });

  const byPath = new Map<string, LayerNode>();
  const nodeOf = (described: LayerDescription, parent: LayerNode | undefined): LayerNode => {
    const { path, parameters, outputShape } = described;
    const leaves = leavesBelow(described);
    const frozen = leaves.filter(leaf => leaf.frozen).length;
    const state = frozen === leaves.length ? 'frozen' : frozen === 0 ? 'trainable' : 'mixed';
    const children: LayerNode[] = [];
    const node: LayerNode = {
      path,
      name: path.slice(path.lastIndexOf('.') + 1),
      layer: layers.get(path)!,
      parameters,
      outputShape,
      state,
      frozenBelow: state === 'mixed' ? frozenBelow(described, frozen, leaves.length) : undefined,
      frozenUntil:
        state === 'frozen'
          ? stages.find(stage => leaves.every(leaf => !stage.isFrozen(leaf.path)))?.epoch
          : undefined,
      isHead: path === model.head,
      parent,
      children,
    };
    byPath.set(path, node);
    children.push(...described.children.map(child => nodeOf(child, node)));
    return node;
  };
  return {
    name: model.name,
    root: model.root,
    head: model.head,
    nodes: description.children.map(child => nodeOf(child, undefined)),
    byPath,
    parameters: description.parameters,
    trainable: description.trainable,
    cachedShare: cost.fixed / cost.total,
    cacheable: !fields.mixes && (!drawsCrops(fields.augment) || fields.cachedViews !== undefined),
  };
}

function frozenBelow(
  { children }: LayerDescription,
  frozenLeaves: number,
  leaves: number,
): { frozen: number; total: number } {
  const whole = children.every(child => child.frozen || leavesBelow(child).every(({ frozen }) => !frozen));
  if (!whole) return { frozen: frozenLeaves, total: leaves };
  return { frozen: children.filter(({ frozen }) => frozen).length, total: children.length };
}

function leavesBelow(description: LayerDescription): readonly LayerDescription[] {
  return description.children.length === 0 ? [description] : description.children.flatMap(leavesBelow);
}
