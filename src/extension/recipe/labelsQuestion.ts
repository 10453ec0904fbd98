import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { LabelsRecipe } from '../../core/recipe/recipe';
import { pickStep, type PickItem } from './pickStep';

/** What is asked about a file of labels. */
type Role = 'image' | 'label' | 'group';

/** Names that columns of each role often have. */
const USUAL: Readonly<Record<Role, RegExp>> = {
  image: /image|file|path|picture|photo|^id$/i,
  label: /^dx$|label|class|target|diagnosis|category|species|breed/i,
  group: /patient|lesion|subject|group|case/i,
};

/** The files directly in a folder that may hold labels. */
export async function labelsFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter(entry => entry.isFile() && /\.(csv|tsv)$/i.test(entry.name));
  return names.map(({ name }) => join(folder, name)).sort();
}

/** Asks which columns of a file name the image, its class and its group. Undefined: not answered. */
export async function askForColumns(
  file: string,
  columns: readonly string[],
  step: number,
  totalSteps: number,
): Promise<LabelsRecipe | 'back' | undefined> {
  const chosen: Partial<Record<Role, string>> = {};
  const roles = ['image', 'label', 'group'] as const;
  for (let index = 0; index < roles.length; index++) {
    const role = roles[index]!;
    const items = columnItems(role, columns);
    const title = vscode.l10n.t('New Recipe: {0}', basename(file));
    const answer = await pickStep({ title, step, totalSteps, placeholder: questionFor(role), items });
    if (answer === undefined) return undefined;
    if (answer === 'back') {
      if (index === 0) return 'back';
      index -= 2;
      continue;
    }
    chosen[role] = answer.value;
  }
  const { image = '', label = '', group = '' } = chosen;
  return { file, image, label, group: group === '' ? undefined : group };
}

function columnItems(role: Role, columns: readonly string[]): PickItem<string>[] {
  const usual = columns.filter(column => USUAL[role].test(column));
  const others = columns.filter(column => !usual.includes(column));
  const items: PickItem<string>[] = [...usual, ...others].map(column => ({ label: column, value: column }));
  const none = { label: vscode.l10n.t('None: every picture stands for itself'), value: '' };
  if (role !== 'group') return items;
  return usual.length > 0 ? [...items, none] : [none, ...items];
}

function questionFor(role: Role): string {
  switch (role) {
    case 'image':
      return vscode.l10n.t('Which column names the picture?');
    case 'label':
      return vscode.l10n.t('Which column tells its class?');
    case 'group':
      return vscode.l10n.t('Which column tells what belongs together, such as pictures of one patient?');
  }
}
