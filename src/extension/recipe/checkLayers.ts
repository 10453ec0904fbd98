import { t } from '../../protocol/language';
import { findModel, modelNames } from '../../core/model/catalog';
import { frozenLeaves, leavesOf, setFrozen } from '../../core/model/freezeEdits';
import { buildGraph } from '../../core/model/graph';
import { namedLayers } from '../../core/model/layerTree';
import type { Model } from '../../core/model/model';
import { fittingSize, misfitText } from '../../core/model/shapes';
import { stageProblems } from '../../core/model/stagePlans';
import { nearestName } from '../../core/recipe/nearestName';
import type { LayerFields } from '../../core/recipe/layerFields';
import type { JsonValue } from '../../core/recipe/recipeText';
import { DEFAULT_EPOCHS, type Stage } from '../../core/recipe/stages';
import { fieldOf } from './dataPlace';
import { remove, replaceBy, type Finding } from './findings';

/** What is wrong with the model, the image size and the frozen layers of a recipe. */
export function checkLayers(fields: LayerFields, recipe: JsonValue): readonly Finding[] {
  if (fields.model === undefined) return [];
  if (!modelNames.includes(fields.model)) return [unknownModel(fields.model)];
  const model = findModel(fields.model);
  const freeze = fieldOf(recipe, 'freeze');
  return [
    ...checkImageSize(model, fields.imageSize),
    ...checkFreeze(model, Array.isArray(freeze) ? freeze : []),
    ...checkUnfreezing(model, fields, recipe),
    ...checkGroups(model, recipe),
    ...(fieldOf(recipe, 'weights') === 'none' && fields.freeze.length > 0 ? [frozenRandom] : []),
  ];
}

function unknownModel(name: string): Finding {
  const nearest = nearestName(name, modelNames);
  const others = modelNames.filter(other => other !== nearest);
  const hint =
    nearest === undefined ? t('the models are {0}', modelNames.join(', ')) : t('did you mean {0}?', nearest);
  return {
    severity: 'error',
    message: t('There is no model {0}; {1}', name, hint),
    path: ['model'],
    fixes: [...(nearest === undefined ? [] : [nearest]), ...others].map(other => replaceBy(['model'], other)),
  };
}

/** A size that the model does not take. */
function* checkImageSize(model: Model, size: number): Generator<Finding> {
  const graph = buildGraph(model.root);
  const fitting = fittingSize(graph, size);
  if (fitting === size) return;
  const path = ['imageSize'];
  const message = misfitText(graph, [3, size, size]);
  yield { severity: 'error', message, path, fixes: [replaceBy(path, fitting)] };
}

function* checkFreeze(model: Model, freeze: readonly JsonValue[]): Generator<Finding> {
  const existing = new Set(Array.from(namedLayers(model.root), ([path]) => path));
  const known = freeze.filter(path => typeof path === 'string' && existing.has(path)) as string[];
  for (const [index, path] of freeze.entries()) {
    if (typeof path === 'string' && !existing.has(path)) yield unknownLayer(model, path, ['freeze', index]);
  }
  const frozen = frozenLeaves(model.root, known);
  if (!frozen.has(model.head)) return;
  const isAll = frozen.size === leavesOf(model.root).length;
  const fix = {
    path: ['freeze'],
    value: [...setFrozen([model.head], false)(model.root, freeze.map(String))],
  };
  yield {
    severity: isAll ? 'error' : 'warning',
    message: isAll
      ? t('All layers are frozen: nothing would learn; unfreeze {0} at least, the new last layer', model.head)
      : t('{0} is the new last layer and begins with random weights; frozen, it would keep them', model.head),
    path: ['freeze'],
    fixes: [{ title: t('Unfreeze {0}', model.head), changes: [fix] }],
  };
}

/** Modules that the model lacks in the stages of unfreezing; where there are none, what else is wrong with them. */
function* checkUnfreezing(model: Model, { freeze }: LayerFields, recipe: JsonValue): Generator<Finding> {
  const existing = new Set(Array.from(namedLayers(model.root), ([path]) => path));
  const written = fieldOf(recipe, 'unfreeze');
  const stages: Stage[] = [{ epoch: 0, freeze, lr: 1 }];
  let unknown = freeze.some(path => !existing.has(path));
  for (const [index, stage] of (Array.isArray(written) ? written : []).entries()) {
    const [epoch, paths = []] = [fieldOf(stage, 'epoch'), fieldOf(stage, 'freeze')];
    // What the schema refuses is told by its own words.
    if (typeof epoch !== 'number' || !Array.isArray(paths)) return;
    const names = paths.filter(path => typeof path === 'string');
    for (const [at, path] of names.entries()) {
      if (existing.has(path)) continue;
      unknown = true;
      yield unknownLayer(model, path, ['unfreeze', index, 'freeze', at]);
    }
    stages.push({ epoch, freeze: names, lr: 1 });
  }
  if (unknown) return;
  const epochs = fieldOf(recipe, 'epochs');
  const problems = stageProblems(model, stages, typeof epochs === 'number' ? epochs : DEFAULT_EPOCHS);
  for (const problem of problems) yield { severity: 'error', ...problem, fixes: [] };
}

/** The modules of the optimizer's groups that the model lacks. */
function* checkGroups(model: Model, recipe: JsonValue): Generator<Finding> {
  const existing = new Set(Array.from(namedLayers(model.root), ([path]) => path));
  const groups = fieldOf(fieldOf(recipe, 'optimizer') ?? null, 'groups');
  for (const [index, group] of (Array.isArray(groups) ? groups : []).entries()) {
    const modules = fieldOf(group, 'modules');
    for (const [at, path] of (Array.isArray(modules) ? modules : []).entries()) {
      if (typeof path !== 'string' || existing.has(path)) continue;
      yield unknownLayer(model, path, ['optimizer', 'groups', index, 'modules', at]);
    }
  }
}

function unknownLayer(model: Model, path: string, place: Finding['path']): Finding {
  const paths = Array.from(namedLayers(model.root), ([existing]) => existing);
  const nearest = nearestName(path, paths);
  const top = model.root.children.map(([name]) => name).join(', ');
  return {
    severity: 'error',
    message: t(
      '{0} has no layer {1}; {2}',
      model.name,
      path,
      nearest === undefined ? t('at its top are {0}', top) : t('did you mean {0}?', nearest),
    ),
    path: place,
    fixes: [
      ...(nearest === undefined ? [] : [replaceBy(place, nearest)]),
      remove(place, t('Remove {0}', JSON.stringify(path))),
    ],
  };
}

const frozenRandom: Finding = {
  severity: 'warning',
  get message() {
    return t(
      'Without pretrained weights, frozen layers keep their random ones; unfreeze them or load weights',
    );
  },
  path: ['freeze'],
  fixes: [
    {
      get title() {
        return t('Unfreeze all layers');
      },
      changes: [{ path: ['freeze'], value: [] }],
    },
    {
      get title() {
        return t('Load the ImageNet weights');
      },
      changes: [{ path: ['weights'], value: 'imagenet' }],
    },
  ],
};
