import { readRegularFile } from '../core/regularFile';
import { UserError } from '../core/userError';

const problems: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: file => `There is no recipe ${file}`,
  EISDIR: file => `${file} is a folder; name the recipe, a .thaw.json file that says what to train on it`,
};

/** The bytes of a recipe or a notebook that a person named; a UserError says why they cannot be had. */
export async function readRecipeFile(file: string, limit: number): Promise<Buffer> {
  return readRegularFile(file, limit).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof UserError) throw error;
    throw new UserError(
      problems[error.code ?? '']?.(file) ?? `The recipe ${file} cannot be read: ${error.code}`,
    );
  });
}
