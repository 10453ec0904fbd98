import { t } from '../../protocol/language';
import { Random } from '../random';
import { UserError } from '../userError';
import { alphabetical, counted } from './alphabetical';
import type { LabelledImage } from './scanFolder';

export interface Split {
  readonly train: readonly LabelledImage[];
  readonly test: readonly LabelledImage[];
}

/** Images that stay together. */
interface Group {
  readonly name: string;
  readonly images: readonly LabelledImage[];
  /** How many images of each class. */
  readonly counts: ReadonlyMap<string, number>;
  inTest: boolean;
}

/** How many images of a class there are, are in the test phase, and should be. */
interface Tally {
  readonly total: number;
  readonly target: number;
  test: number;
}

/**
 * Holds out a share of every class, drawn by the seed, without parting a group. The same images and seed give the
 * same split, whatever their order. Throws a UserError that names a class which cannot be in both phases.
 */
export function splitDataset(images: readonly LabelledImage[], share: number, seed: number): Split {
  const sorted = [...images].sort((a, b) => alphabetical(a.image, b.image));
  const groups = new Random(seed, 'split').shuffle(groupsOf(sorted));
  const tallies = new Map<string, Tally>();
  for (const [className, total] of countClasses(sorted)) {
    tallies.set(className, { total, target: total * share, test: 0 });
  }

  for (const group of groups) if (gain(group, tallies) > 0) move(group, tallies);
  improve(groups, tallies);
  for (const className of [...tallies.keys()].sort(alphabetical)) {
    putInBothPhases(className, groups, tallies);
  }

  const tested = new Set(groups.filter(group => group.inTest).flatMap(group => group.images));
  return {
    train: sorted.filter(image => !tested.has(image)),
    test: sorted.filter(image => tested.has(image)),
  };
}

function groupsOf(images: readonly LabelledImage[]): Group[] {
  const members = new Map<string, LabelledImage[]>();
  for (const image of images) {
    const key = image.group === undefined ? `image ${image.image}` : `group ${image.group}`;
    const group = members.get(key);
    if (group) group.push(image);
    else members.set(key, [image]);
  }
  return [...members.values()].map(group => {
    const name = group[0]!.group ?? group[0]!.image;
    return { name, images: group, counts: countClasses(group), inTest: false };
  });
}

function countClasses(images: readonly LabelledImage[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of images) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}

/** By how much moving the group to the other phase brings the classes closer to their shares. */
function gain(group: Group, tallies: ReadonlyMap<string, Tally>): number {
  let gained = 0;
  for (const [className, count] of group.counts) {
    const { total, target, test } = tallies.get(className)!;
    const moved = test + (group.inTest ? -count : count);
    gained += ((test - target) ** 2 - (moved - target) ** 2) / total ** 2;
  }
  return gained;
}

function move(group: Group, tallies: ReadonlyMap<string, Tally>): void {
  for (const [className, count] of group.counts)
    tallies.get(className)!.test += group.inTest ? -count : count;
  group.inTest = !group.inTest;
}

/** Groups of several images or classes may leave room for a better choice than taking them in turn. */
function improve(groups: readonly Group[], tallies: ReadonlyMap<string, Tally>): void {
  const enough = 1e-12;
  for (let pass = 0; pass < 10; pass++) {
    let moved = false;
    for (const group of groups) {
      if (gain(group, tallies) <= enough) continue;
      move(group, tallies);
      moved = true;
    }
    if (!moved) return;
  }
}

function putInBothPhases(
  className: string,
  groups: readonly Group[],
  tallies: ReadonlyMap<string, Tally>,
): void {
  const tally = tallies.get(className)!;
  if (tally.test > 0 && tally.test < tally.total) return;
  const own = groups.filter(group => group.counts.has(className));
  const candidates = own.filter(group => leavesNoneEmpty(group, className, tallies));
  const [first, ...rest] = candidates;
  if (!first) throw new UserError(cannotSplit(className, tally.total, own));
  const best = rest.reduce((a, b) => (gain(b, tallies) > gain(a, tallies) ? b : a), first);
  move(best, tallies);
}

function leavesNoneEmpty(group: Group, wanted: string, tallies: ReadonlyMap<string, Tally>): boolean {
  for (const [className, count] of group.counts) {
    const { total, test } = tallies.get(className)!;
    const moved = test + (group.inTest ? -count : count);
    const wasEmpty = test === 0 || test === total;
    if ((moved === 0 || moved === total) && (className === wanted || !wasEmpty)) return false;
  }
  return true;
}

function cannotSplit(className: string, total: number, groups: readonly Group[]): string {
  const why =
    total === 1
      ? t('it has only 1 image')
      : groups.length === 1
        ? t('its {0} are all of the group {1}', counted(total, 'image'), groups[0]!.name)
        : t('its groups belong to other classes as well');
  return t(
    'The class {0} cannot be in both the train and the test phase: {1}; add images of it or leave it out',
    className,
    why,
  );
}
