import type { FuzzTarget } from './fuzzTarget';
import { imageTargets } from './imageTargets';
import { runTargets } from './runTargets';
import { textTargets } from './textTargets';
import { weightsTargets } from './weightsTargets';

/** Every kind of file that may come from a stranger, and messages of a page. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...weightsTargets,
  ...textTargets,
  ...runTargets,
  ...imageTargets,
];
