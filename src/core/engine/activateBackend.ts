import { setBackend } from '@tensorflow/tfjs-core';

/** Makes a registered backend the one that tfjs computes on. */
export async function activateBackend(name: string): Promise<void> {
  if (!(await setBackend(name))) throw new Error(`tfjs refused the backend ${name}`);
}
