import { findModel } from './catalog';
import { freezeAllBut } from './freezeEdits';
import { holdsParameters, namedLayers } from './layerTree';
import { lowerHalf } from './lowerHalf';
import type { FineTuneCase } from '../recipe/fourCases';

/** The `freeze` list that a case calls for in a model. */
export function freezeFor(name: string, { freeze }: FineTuneCase): readonly string[] {
  const { root, head } = findModel(name);
  switch (freeze) {
    case 'allButHead':
      return freezeAllBut(head)(root, []);
    case 'lowerHalf':
      return lowerHalf(root);
    case 'nothing':
      return [];
  }
}

/** Of the modules of a model those that hold parameters: what a person is told of a list to freeze. */
export function withParameters(name: string, modules: readonly string[]): readonly string[] {
  const holders = Array.from(namedLayers(findModel(name).root))
    .filter(([, layer]) => holdsParameters(layer))
    .map(([path]) => `${path}.`);
  return modules.filter(module => holders.some(path => path.startsWith(`${module}.`)));
}
