import { t } from '../../protocol/language';
import { runProgram } from '../download/runProgram';
import type { InstalledRuntime } from './findRuntime';

/** What loading an engine in a process of its own showed. */
export type Probe =
  | {
      readonly works: true;
      /** As the library itself says. */
      readonly version: string;
      readonly gpu: boolean;
      /** Everything TensorFlow logged while it loaded and ran. */
      readonly log: string;
    }
  | { readonly works: false; readonly reason: string; readonly log: string };

const TIMEOUT_MS = 120_000;

/**
 * Loads an engine in a child process, so that a native crash is an answer and not an end, and runs one convolution
 * on its first device: 3 x 3 ones over ones is 9 in the middle.
 */
export async function probeRuntime(
  runtime: InstalledRuntime,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Probe> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const end = await runProgram(process.execPath, ['-e', PROBE, runtime.binding], {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      environment: { ELECTRON_RUN_AS_NODE: '1', TF_CPP_MIN_LOG_LEVEL: '0' },
    });
    if (!end) return { works: false, reason: t('{0} could not be started', process.execPath), log: '' };
    const log = end.stderr;
    if (end.endedBy !== null) return { works: false, reason: t('it crashed ({0})', end.endedBy), log };
    const answer = /^PROBE (.*)$/m.exec(end.stdout)?.[1];
    if (answer === undefined) {
      return { works: false, reason: t('it ended with code {0} before it answered', end.code ?? ''), log };
    }
    const { error, version, gpu, value } = JSON.parse(answer) as {
      error?: string;
      version: string;
      gpu: boolean;
      value: number;
    };
    if (error !== undefined) return { works: false, reason: error, log };
    if (value !== 9) return { works: false, reason: t('a convolution gave {0} instead of 9', value), log };
    return { works: true, version, gpu, log };
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted)
      return { works: false, reason: t('it did not answer in {0} s', TIMEOUT_MS / 1000), log: '' };
    throw error;
  }
}

/** Plain JavaScript for the child: it has no access to this program's modules. */
const PROBE = `
const answer = what => console.log('PROBE ' + JSON.stringify(what));
try {
  const holder = { exports: {} };
  process.dlopen(holder, process.argv[1]);
  const tf = holder.exports;
  const ones = shape => tf.createTensor(shape, tf.TF_FLOAT, new Float32Array(shape.reduce((a, b) => a * b)).fill(1));
  const [result] = tf.executeOp('Conv2D', [
    { name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT },
    { name: 'strides', type: tf.TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: 'padding', type: tf.TF_ATTR_STRING, value: 'SAME' },
    { name: 'data_format', type: tf.TF_ATTR_STRING, value: 'NHWC' },
  ], [ones([1, 3, 3, 1]), ones([3, 3, 1, 1])], 1);
  answer({ version: tf.TF_Version, gpu: tf.isUsingGpuDevice(), value: tf.tensorDataSync(result.id)[4] });
} catch (error) {
  answer({ error: error.message });
}
`;
