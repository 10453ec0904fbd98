import { access } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { mistakes, type BestEpochOfRun, type JudgedPicture } from '../core/run/bestEpoch';
import type { RunSettings } from '../core/run/runFolder';
import type { Picture, PictureList, PictureQuery } from '../protocol/pageMessages';
import { isWithin, mayRead } from './mayRead';
import { openWorkspace } from './openWorkspace';

/** Pictures that a page gets at a time. */
export const AT_A_TIME = 48;

/** What an `<img>` takes for a file; undefined where it may not be shown. */
export type PictureSource = (file: vscode.Uri) => string | undefined | Promise<string | undefined>;

/**
 * The pictures of a run's test phase, where they are now. A run folder may come from anyone: only pictures below the
 * data folder that it names are shown, and in a restricted workspace only where that lies in the workspace.
 */
export class RunPictures {
  private readonly wrong: readonly number[];

  private constructor(
    private readonly run: BestEpochOfRun,
    /** The data folder, which a webview needs to read to show the pictures; undefined where it may not. */
    readonly root: vscode.Uri | undefined,
  ) {
    this.wrong = mistakes(run.pictures);
  }

  static async of(run: BestEpochOfRun): Promise<RunPictures> {
    return new RunPictures(run, await shownDataFolder(run.settings));
  }

  /** A part of the pictures that a query asks for, at most `most`. */
  async find({ cell, from }: PictureQuery, sourceOf: PictureSource, most = AT_A_TIME): Promise<PictureList> {
    const indices = cell ? this.inCell(cell.label, cell.predicted) : this.wrong;
    const part = indices.slice(from, from + most);
    return {
      pictures: await Promise.all(part.map(index => this.picture(index, sourceOf))),
      total: indices.length,
    };
  }

  /** Where a picture is; undefined when it is gone or lies elsewhere. */
  async fileOf(index: number): Promise<vscode.Uri | undefined> {
    const picture = this.judged(index);
    const { root } = this;
    if (!picture || !root) return undefined;
    // The data may have been moved with its recipe; the picture's name is below the data folder.
    for (const file of [picture.file, join(root.fsPath, picture.image)]) {
      const shown = isWithin(root.fsPath, file) && (await mayRead(file, openWorkspace()));
      if (shown && (await exists(file))) return vscode.Uri.file(file);
    }
    return undefined;
  }

  /** What the run said of a picture; undefined where it has none of that number. */
  judged(index: number): JudgedPicture | undefined {
    return this.run.pictures[index];
  }

  private async picture(index: number, sourceOf: PictureSource): Promise<Picture> {
    const { image, label, predicted, probabilities }: JudgedPicture = this.run.pictures[index]!;
    const file = await this.fileOf(index);
    return {
      ...{ index, image, label, predicted, probabilities },
      source: file && (await sourceOf(file)),
    };
  }

  private inCell(label: number, predicted: number): readonly number[] {
    const { pictures } = this.run;
    const confidence = (index: number): number => pictures[index]!.probabilities[predicted]!;
    return [...pictures.keys()]
      .filter(index => pictures[index]!.label === label && pictures[index]!.predicted === predicted)
      .sort((a, b) => confidence(b) - confidence(a));
  }
}

/** The data folder of a run, where its pictures may be shown. */
export async function shownDataFolder({ recipe }: RunSettings): Promise<vscode.Uri | undefined> {
  const data: unknown = recipe.data;
  const folder = typeof data === 'object' && data !== null && 'folder' in data ? data.folder : undefined;
  const shown = typeof folder === 'string' && isAbsolute(folder) && (await mayRead(folder, openWorkspace()));
  return shown ? vscode.Uri.file(folder) : undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
