import { t } from '../protocol/language';
import { readRegularFile } from '../core/regularFile';
import { UserError } from '../core/userError';

const problems: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: file => t('There is no recipe {0}', file),
  EISDIR: file =>
    t('{0} is a folder; name the recipe, a .thaw.json file that says what to train on it', file),
};

/** The bytes of a recipe or a notebook that a person named; a UserError says why they cannot be had. */
export async function readRecipeFile(file: string, limit: number): Promise<Buffer> {
  return readRegularFile(file, limit).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof UserError) throw error;
    throw new UserError(
      problems[error.code ?? '']?.(file) ??
        t('The recipe {0} cannot be read: {1}', file, error.code ?? error.message),
    );
  });
}
