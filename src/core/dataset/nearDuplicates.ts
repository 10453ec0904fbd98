import { t } from '../../protocol/language';
import { someOf } from '../../protocol/someOf';
import { alphabetical, counted } from './alphabetical';
import { differenceHash, isNear, printContrast, type ImagePrint } from './imagePrint';
import type { LabelledImage } from './scanFolder';
import type { Split } from './splitDataset';

/**
 * Prints that differ by less are of one picture, as a share of their contrast: of photographs that were compressed anew, as
 * JPEG at quality 50 or halved, nineteen of twenty are, and of solar cells, which all look alike, none.
 */
const MOST_DIFFERENCE = 0.04;
/** Words of the difference hash that more pictures share tell nothing of any: plain skies, black borders. */
const MOST_SHARING = 64;
/** Pairs that are named; the others are counted. */
const MOST_NAMED = 3;

interface Printed {
  readonly image: LabelledImage;
  readonly print: ImagePrint;
  /** Difference up to which others are the same picture. */
  readonly most: number;
  readonly isTest: boolean;
}

/**
 * What a person should know of pictures that are nearly the same: test pictures that are among the training pictures, too,
 * for which the test accuracy says too much, and pictures in two classes, of which one label is wrong. `prints`: by file;
 * pictures without one are passed over.
 */
export function nearDuplicateNotes(
  { train, test }: Split,
  prints: ReadonlyMap<string, ImagePrint>,
): readonly string[] {
  const printed = (images: readonly LabelledImage[], isTest: boolean): readonly Printed[] =>
    images.flatMap(image => {
      const print = prints.get(image.file);
      return print ? [{ image, print, most: MOST_DIFFERENCE * printContrast(print), isTest }] : [];
    });
  const leaks = new Map<string, string>();
  const conflicts: string[] = [];
  for (const [a, b] of samePictures([...printed(train, false), ...printed(test, true)])) {
    if (a.isTest !== b.isTest) {
      const [trained, tested] = a.isTest ? [b, a] : [a, b];
      if (!leaks.has(tested.image.image)) leaks.set(tested.image.image, trained.image.image);
    }
    if (a.image.className !== b.image.className)
      conflicts.push(t('{0} and {1}', a.image.image, b.image.image));
  }
  const notes: string[] = [];
  if (leaks.size > 0) {
    const pairs = [...leaks]
      .sort(([a], [b]) => alphabetical(a, b))
      .map(([test, train]) => t('{0} is {1}', test, train));
    notes.push(
      t(
        '{0} of {1} can be found among the training images, too, nearly the same ' +
          '({2}): the test accuracy says too much. Remove one of each, or keep them together by a column of ' +
          'groups ("data": {"labels": {"group": ...}}).',
        counted(leaks.size, 'test image'),
        test.length,
        someOf(pairs, MOST_NAMED, '; '),
      ),
    );
  }
  if (conflicts.length > 0) {
    notes.push(
      t(
        '{0} of nearly the same image in two classes ({1}): one of the labels ' +
          'is wrong, or both are needed and no network can tell.',
        counted(conflicts.length, 'pair'),
        someOf(conflicts, MOST_NAMED, '; '),
      ),
    );
  }
  return notes;
}

/** Pairs of nearly the same picture that are in different phases or classes, each once. */
function* samePictures(all: readonly Printed[]): Generator<readonly [Printed, Printed]> {
  const hashes = all.map(({ print }) => differenceHash(print));
  const seen = new Set<number>();
  for (let word = 0; word < (hashes[0]?.length ?? 0); word++) {
    for (const sharing of groupsBy(hashes, word)) {
      for (const [at, first] of sharing.entries()) {
        for (const second of sharing.slice(at + 1)) {
          const [a, b] = [all[first]!, all[second]!];
          if (a.isTest === b.isTest && a.image.className === b.image.className) continue;
          if (!isNear(a.print, b.print, a.most)) continue;
          const pair = first * all.length + second;
          if (seen.has(pair)) continue;
          seen.add(pair);
          yield [a, b];
        }
      }
    }
  }
}

/** Numbers of the pictures that have a word of the hash in common, for each value of it. */
function* groupsBy(hashes: readonly Uint16Array[], word: number): Generator<readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const [index, hash] of hashes.entries()) {
    const group = groups.get(hash[word]!);
    if (group) group.push(index);
    else groups.set(hash[word]!, [index]);
  }
  for (const group of groups.values()) if (group.length > 1 && group.length <= MOST_SHARING) yield group;
}
