/** One labelled image. */
export interface Sample {
  /** Absolute path. */
  readonly file: string;
  /** As a person names it: the path below the data folder, with forward slashes. */
  readonly image: string;
  /** Index into the classes. */
  readonly label: number;
}

/** How many labels of the images were corrected, and by which file. */
export interface CorrectionCounts {
  readonly file: string;
  readonly relabelled: number;
  readonly excluded: number;
}

/** An image left out, and why in a few words a person understands. */
export interface SkippedImage {
  readonly image: string;
  readonly reason: string;
}

/** Verified images of both phases. Classes are in alphabetical order; one map serves both phases. */
export interface Dataset {
  readonly classes: readonly string[];
  readonly train: readonly Sample[];
  readonly test: readonly Sample[];
  readonly skipped: readonly SkippedImage[];
  /** What else a person should know: hidden folders left out, empty ones, odd files. */
  readonly notes: readonly string[];
  /** Undefined where there is no file of corrections. */
  readonly corrections?: CorrectionCounts | undefined;
}
