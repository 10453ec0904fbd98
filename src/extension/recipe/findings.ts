import { t } from '../../protocol/language';
import type { RecipeChange } from '../../core/recipe/editRecipe';

/** Something about a recipe that its schema cannot tell, and what may be done about it. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The field that it is about. */
  readonly path: readonly (string | number)[];
  readonly fixes: readonly Fix[];
}

/** A change that may mend a finding; the first is the likeliest. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly RecipeChange[];
}

/** A fix that replaces the field's own value. */
export function replaceBy(path: Finding['path'], value: string | number): Fix {
  return { title: t('Change to {0}', JSON.stringify(value)), changes: [{ path, value }] };
}

/** A fix that removes the field. */
export function remove(path: Finding['path'], title: string): Fix {
  return { title, changes: [{ path, value: undefined }] };
}
