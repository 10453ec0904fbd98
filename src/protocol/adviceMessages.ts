import type { Advice } from './adviceEvent';
import type { Checks } from './messageChannel';
import { isCount, isNothing } from './pageMessages';

/** What the page of an advice shows. */
export interface AdviceContent extends Advice {
  /** The name of the recipe. */
  readonly recipe: string;
}

/** What that page asks of the extension. */
export interface AdviceHost {
  hydrate(): AdviceContent;
  /** Writes the freeze set of a trial into the recipe. */
  writeTrial(index: number): void;
}

export const adviceHostChecks: Checks<AdviceHost> = { hydrate: isNothing, writeTrial: isCount };
