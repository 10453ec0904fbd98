import util from 'node:util';

/** Functions that tfjs-node still calls, though Node warns of them and from version 23 on lacks them: to be imported before it. */
const removed = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
};

for (const [name, value] of Object.entries(removed)) {
  Object.defineProperty(util, name, { value, configurable: true, writable: true });
}
