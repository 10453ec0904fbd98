import { EventText } from '../../src/protocol/eventText';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';

/** Lines that are kept; the run folder has them all. */
const MOST_LINES = 1000;

/** The newest lines of a run's log, as the terminal prints them. */
export class RunLog {
  private readonly texts = new EventText();
  private readonly kept: string[] = [];

  constructor(events: readonly TrainingEvent[]) {
    for (const event of events) this.add(event);
  }

  get text(): string {
    return this.kept.join('\n').trim();
  }

  add(event: TrainingEvent): void {
    this.kept.push(...this.texts.lines(event));
    if (this.kept.length > MOST_LINES) this.kept.splice(0, this.kept.length - MOST_LINES);
  }
}
