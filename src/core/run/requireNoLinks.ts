import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { UserError } from '../userError';

/**
 * Throws a UserError where a run folder, which may come from anyone, has a link: what is written to or cleared away in
 * it would be somewhere else. Its folders are looked into, too. The way to the run folder may be a link.
 */
export function requireNoLinks(folder: string): void {
  for (const name of namesOfLinks(folder)) {
    throw new UserError(
      t(
        "{0} is not trained on, for its {1} is a link to somewhere else: put a copy of what it leads to in its place, or train the run's recipe anew.",
        folder,
        name,
      ),
    );
  }
}

/** A run folder has two levels; what lies deeper is not written to. */
function* namesOfLinks(folder: string, above = '', depth = 2): Generator<string> {
  for (const entry of entriesOf(join(folder, above))) {
    const name = above === '' ? entry.name : `${above}/${entry.name}`;
    if (entry.isSymbolicLink()) yield name;
    else if (entry.isDirectory() && depth > 1) yield* namesOfLinks(folder, name, depth - 1);
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What cannot be read is told by whoever needs it.
    return [];
  }
}
