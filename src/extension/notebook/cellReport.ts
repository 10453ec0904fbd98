import * as vscode from 'vscode';
import { readBestEpoch } from '../../core/run/bestEpoch';
import type { CellReport } from '../../protocol/notebookOutput';
import { RunPictures } from '../runPictures';
import { pictureData } from './pictureData';

/** Mistakes that a cell shows. */
const MOST_MISTAKES = 6;

/** The best epoch of a run as a cell shows it; undefined while there is none, or where its files are damaged. */
export async function readCellReport(folder: string): Promise<CellReport | undefined> {
  try {
    const run = await readBestEpoch(folder);
    // Pictures leave the folder of the data only where that is trusted.
    const sourceOf = (file: vscode.Uri): Promise<string | undefined> | undefined =>
      vscode.workspace.isTrusted ? pictureData(file.fsPath) : undefined;
    const { pictures } = await (await RunPictures.of(run)).find({ from: 0 }, sourceOf, MOST_MISTAKES);
    return { metrics: run.metrics, mistakes: pictures };
  } catch {
    return undefined;
  }
}

/** The pictures of a run's test phase, where they are now. */
export async function picturesOfRun(folder: string): Promise<RunPictures> {
  return RunPictures.of(await readBestEpoch(folder));
}
