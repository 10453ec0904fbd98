import { t } from '../../protocol/language';
import { runProgram } from '../download/runProgram';
import { dawnBinary } from './findDawn';

/** What WebGPU tells of a GPU. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it is a program on the CPU in a GPU's place. */
  readonly isFallbackAdapter: boolean;
}

/** What came of asking for a GPU: one, or why there is none, as half a sentence. */
export type AdapterAnswer = { readonly info: AdapterInfo } | { readonly problem: string };

const TIMEOUT_MS = 30_000;
/** SwiftShader, Mesa's and Microsoft's. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/**
 * Asks for the GPU that WebGPU would take here, in a child process: drivers print what they like, and some crash. No
 * GPU is an answer, and so is a software adapter.
 */
export async function findAdapter({
  signal,
}: { readonly signal?: AbortSignal } = {}): Promise<AdapterAnswer> {
  const binary = dawnBinary();
  if (binary === undefined) return { problem: t('this package has no WebGPU for this machine') };
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const end = await runProgram(process.execPath, ['-e', PROBE, binary], {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      environment: { ELECTRON_RUN_AS_NODE: '1' },
    });
    const answer = /^ADAPTER (.*)$/m.exec(end?.stdout ?? '')?.[1];
    if (answer !== undefined) return told(JSON.parse(answer) as ProbeAnswer);
    const how = end?.endedBy ?? t('code {0}', end?.code ?? '');
    return { problem: t('WebGPU ended ({0}) before it answered', how) };
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { problem: t('WebGPU did not answer in {0} s', TIMEOUT_MS / 1000) };
    throw error;
  }
}

/** What the child says: a GPU or that there is none, or the error that loading WebGPU ended with. */
interface ProbeAnswer {
  readonly info?: AdapterInfo;
  readonly error?: string;
}

function told({ info, error }: ProbeAnswer): AdapterAnswer {
  if (info) return { info };
  if (error !== undefined) return { problem: t('WebGPU does not load, {0}', error) };
  return { problem: t('no GPU has a driver for Vulkan, Metal or Direct3D 12') };
}

/** Whether an adapter computes on the CPU. */
export function isSoftware({ isFallbackAdapter, architecture, description }: AdapterInfo): boolean {
  return isFallbackAdapter || SOFTWARE.test(`${architecture} ${description}`);
}

/** An adapter by the name that its driver gives it. */
export function adapterName({ description, device, vendor, architecture }: AdapterInfo): string {
  return description || device || `${vendor} ${architecture}`.trim() || t('without a name');
}

/** Plain JavaScript for the child: it has no access to this program's modules. */
const PROBE = `
const answer = what => { console.log('ADAPTER ' + JSON.stringify(what)); process.exit(); };
try {
  const holder = { exports: {} };
  process.dlopen(holder, process.argv[1]);
  const gpu = holder.exports.create([]);
  gpu.requestAdapter({ powerPreference: 'high-performance' }).then(adapter => {
    if (!adapter) answer({});
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    answer({ info: { vendor, architecture, device, description, isFallbackAdapter } });
  });
} catch (error) {
  answer({ error: error.message });
}
`;
