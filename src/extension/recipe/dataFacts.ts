import { t } from '../../protocol/language';
import type { LabelsRecipe } from '../../core/recipe/recipe';
import type { ClassCount } from '../../core/recipe/recipeDraft';
import { UserError } from '../../core/userError';

/** What a data folder or a file of labels holds, without a look into the images. */
export interface DataSummary {
  /** In alphabetical order. */
  readonly classes: readonly ClassCount[];
  readonly images: number;
  /** A few images of each class, as absolute paths; none where a file of labels names them. */
  readonly samples: ReadonlyMap<string, readonly string[]>;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** Where the images are. Paths are absolute. */
export interface DataPlace {
  readonly folder: string;
  readonly labels?: Pick<LabelsRecipe, 'file' | 'label'>;
}

/** How long what was found is taken for what is there, in ms. */
const FRESH = 5000;
const SAMPLES = 6;

/** Counts classes and images, and remembers what it counted for a little while. `mayRead`: whether a path may be looked at. */
export class DataFacts {
  private readonly found = new Map<string, { readonly summary: DataSummary; readonly time: number }>();

  constructor(readonly mayRead: (path: string) => Promise<boolean> = () => Promise.resolve(true)) {}

  /** What was last found there, however long ago. */
  known(place: DataPlace): DataSummary | undefined {
    return this.found.get(keyOf(place))?.summary;
  }

  /** What is there now. A UserError when it is no data to train on. */
  async find(place: DataPlace, signal: AbortSignal): Promise<DataSummary> {
    const key = keyOf(place);
    const found = this.found.get(key);
    if (found && performance.now() - found.time < FRESH) return found.summary;
    for (const path of [place.folder, ...(place.labels ? [place.labels.file] : [])]) {
      if (!(await this.mayRead(path)))
        throw new UserError(
          t(
            '{0} is not looked at: it is a whole disk, or lies outside of a workspace that is not trusted',
            path,
          ),
        );
    }
    try {
      const summary = await summarize(place, signal);
      this.found.set(key, { summary, time: performance.now() });
      return summary;
    } catch (error) {
      if (!signal.aborted) this.found.delete(key);
      throw error;
    }
  }
}

async function summarize({ folder, labels }: DataPlace, signal: AbortSignal): Promise<DataSummary> {
  if (labels) {
    const { countLabels } = await import('../../core/dataset/countLabels');
    const counts = await countLabels(labels.file, labels.label, signal);
    const classes = Array.from(counts, ([name, images]) => ({ name, images }));
    return { classes, images: sum(classes), samples: new Map(), notes: [] };
  }
  const [{ scanFolder }, { finish }, { alphabetical }] = await Promise.all([
    import('../../core/dataset/scanFolder'),
    import('../../core/progress'),
    import('../../core/dataset/alphabetical'),
  ]);
  const { train, test = [], notes } = await finish(scanFolder(folder, signal));
  const files = new Map<string, string[]>();
  for (const { className, file } of [...train, ...test]) {
    const known = files.get(className);
    if (known) known.push(file);
    else files.set(className, [file]);
  }
  const classes = Array.from(files, ([name, all]) => ({ name, images: all.length }));
  classes.sort((a, b) => alphabetical(a.name, b.name));
  return { classes, images: sum(classes), samples: new Map(Array.from(files, spread)), notes };
}

/** A few of a class's images, from its beginning to its end. */
function spread([name, files]: readonly [string, readonly string[]]): readonly [string, readonly string[]] {
  const count = Math.min(SAMPLES, files.length);
  return [
    name,
    Array.from({ length: count }, (_, index) => files[Math.floor((index * files.length) / count)]!),
  ];
}

function sum(classes: readonly ClassCount[]): number {
  return classes.reduce((total, { images }) => total + images, 0);
}

function keyOf({ folder, labels }: DataPlace): string {
  return JSON.stringify([folder, labels?.file, labels?.label]);
}
