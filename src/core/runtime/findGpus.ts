import { runProgram } from '../download/runProgram';

/** A GPU as NVIDIA's driver describes it. */
export interface Gpu {
  readonly name: string;
  readonly driver: string;
  /** As `9.0`. */
  readonly computeCapability: string;
  readonly memoryMegabytes: number;
}

const QUERY = ['--query-gpu=name,driver_version,compute_cap,memory.total', '--format=csv,noheader,nounits'];

/** The GPUs that nvidia-smi lists; none where there is no such program or it fails. */
export async function findGpus(signal: AbortSignal): Promise<readonly Gpu[]> {
  const end = await runProgram('nvidia-smi', QUERY, { signal });
  return end?.code === 0 ? readGpus(end.stdout) : [];
}

/** Reads what nvidia-smi prints for QUERY: a line per GPU, fields between commas. */
export function readGpus(text: string): readonly Gpu[] {
  return text.split('\n').flatMap(line => {
    const [name, driver, computeCapability, memory] = line.split(',').map(field => field.trim());
    if (!name || !driver || !computeCapability) return [];
    return [{ name, driver, computeCapability, memoryMegabytes: Number(memory) || 0 }];
  });
}
