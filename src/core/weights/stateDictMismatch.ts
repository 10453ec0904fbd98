import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';
import type { StateDict } from './stateDict';

/** What keeps a state dict from fitting a model, as torch's `load_state_dict` sees it. */
export interface StateDictMismatch {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly wrongShape: readonly WrongShape[];
}

export interface WrongShape {
  readonly key: string;
  readonly given: readonly number[];
  readonly expected: readonly number[];
}

/**
 * Compares the keys and shapes a model expects with those given. Keys below `head` (a module path; '' for none) are
 * excepted, for the head is replaced anyway; so is a missing `num_batches_tracked`, which torch forgives.
 */
export function compareStateDict(
  expected: ReadonlyMap<string, readonly number[]>,
  given: StateDict,
  head: string,
): StateDictMismatch {
  const counts = (key: string): boolean => head === '' || !key.startsWith(`${head}.`);
  const missing: string[] = [];
  const wrongShape: WrongShape[] = [];
  for (const [key, shape] of expected) {
    if (!counts(key)) continue;
    const tensor = given.get(key);
    if (!tensor) {
      if (!key.endsWith('num_batches_tracked')) missing.push(key);
    } else if (!equalShapes(tensor.shape, shape)) {
      wrongShape.push({ key, given: tensor.shape, expected: shape });
    }
  }
  const unexpected = [...given.keys()].filter(key => counts(key) && !expected.has(key));
  return { missing, unexpected, wrongShape };
}

const LISTED = 8;

/** One sentence for a UserError; undefined where nothing is wrong. `file` and `model` are names to show. */
export function describeMismatch(
  mismatch: StateDictMismatch,
  names: { readonly file: string; readonly model: string },
): string | undefined {
  const parts = [
    listed(count => (count === 1 ? t('1 key missing') : t('{0} keys missing', count)), mismatch.missing),
    listed(
      count => (count === 1 ? t('1 key unexpected') : t('{0} keys unexpected', count)),
      mismatch.unexpected,
    ),
    listed(
      count => (count === 1 ? t('1 key of another size') : t('{0} keys of another size', count)),
      mismatch.wrongShape.map(({ key, given, expected }) =>
        t('{0} ([{1}] in the file, [{2}] in the model)', key, given.join(', '), expected.join(', ')),
      ),
    ),
  ].filter(part => part !== '');
  if (parts.length === 0) return undefined;
  return t('The weights in {0} do not fit {1}: {2}.', names.file, names.model, parts.join(t('; ')));
}

function listed(what: (count: number) => string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const rest = items.length - LISTED;
  const names = items.slice(0, LISTED).map(item => printableName(item));
  const shown = names.join(', ') + (rest > 0 ? t(' and {0} more', rest) : '');
  return `${what(items.length)}: ${shown}`;
}

function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
