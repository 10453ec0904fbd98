import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until there is an answer; throws when there is none within `timeout` milliseconds. */
export async function until<Answer>(
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  what: string,
  timeout = 30_000,
): Promise<Answer> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`Waited ${timeout / 1000} s in vain for ${what}`);
    await wait(50);
  }
}
