import * as vscode from 'vscode';
import { agreementOf, agreementText } from '../../core/report/agreement';
import { matrixDifference, pairsFor, pairsOf, type PicturePair } from '../../core/report/picturePairs';
import { readBestEpoch } from '../../core/run/bestEpoch';
import {
  pairFilters,
  type ComparedPicture,
  type ComparedPictures,
  type PairContent,
  type PairFilter,
  type PairsQuery,
} from '../../protocol/comparisonMessages';
import { AT_A_TIME, RunPictures, type PictureSource } from '../runPictures';

/** Two runs picture by picture, and where the pictures are now. */
export class ComparedPair {
  private constructor(
    readonly content: PairContent,
    private readonly pairs: readonly PicturePair[],
    private readonly first: RunPictures,
    private readonly second: RunPictures,
  ) {}

  /** Reads both run folders; `names` tell the runs apart. A UserError says which is missing something. */
  static async read(
    folders: readonly [string, string],
    names: readonly [string, string],
  ): Promise<ComparedPair> {
    const [first, second] = [await readBestEpoch(folders[0]), await readBestEpoch(folders[1])];
    const pairs = pairsOf(first, second);
    const difference = matrixDifference(first, second, pairs);
    const counts = pairFilters.map(filter => [filter, pairsFor(pairs, filter, []).length] as const);
    const content = {
      said: agreementText(agreementOf(pairs), ...names),
      pictures: pairs.length,
      counts: Object.fromEntries(counts) as Record<PairFilter, number>,
      difference,
    };
    return new ComparedPair(content, pairs, await RunPictures.of(first), await RunPictures.of(second));
  }

  async find(which: PairsQuery, from: number, sourceOf: PictureSource): Promise<ComparedPictures> {
    const found = pairsFor(this.pairs, which, this.content.difference.classes);
    const part = found.slice(from, from + AT_A_TIME);
    return {
      pictures: await Promise.all(
        part.map(async (pair): Promise<ComparedPicture> => {
          const file = await this.fileOf(pair);
          return { ...pair, source: file && (await sourceOf(file)) };
        }),
      ),
      total: found.length,
    };
  }

  /** Where the picture is that has this number in the first run; undefined when it is gone or lies elsewhere. */
  async fileAt(index: number): Promise<vscode.Uri | undefined> {
    const pair = this.pairs.find(({ first }) => first.index === index);
    return pair && this.fileOf(pair);
  }

  private async fileOf({ first, second }: PicturePair): Promise<vscode.Uri | undefined> {
    return (await this.first.fileOf(first.index)) ?? this.second.fileOf(second.index);
  }
}
