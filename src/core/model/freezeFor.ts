import { findModel } from './catalog';
import { freezeAllBut } from './freezeEdits';
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
