import type { RunArgument } from './training/trainingRun';

/**
 * Folders of the runs that a command was given: one run, several, or none. A menu of the Runs view gives the row that it
 * was opened on and then, where several are selected, those.
 */
export function foldersOf(given: unknown): readonly string[] | undefined {
  const several = (Array.isArray(given) ? given : [given]) as readonly (RunArgument | undefined)[];
  const folders = several
    .map(run => (typeof run === 'object' ? run.folder : run))
    .filter(folder => typeof folder === 'string');
  return folders.length > 0 ? folders : undefined;
}
