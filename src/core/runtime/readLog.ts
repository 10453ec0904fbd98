/** What TensorFlow's own log tells of the devices it found. */
export interface LoggedDevices {
  /** A sentence for each GPU it uses. */
  readonly gpus: readonly string[];
  /** Instruction sets of this processor that its kernels choose at run time: `AVX2 AVX512F FMA`. */
  readonly instructions: string | undefined;
  readonly oneDnn: boolean;
  /** Why it uses no GPU, in its own words; undefined when it says nothing of it. */
  readonly gpuProblem: string | undefined;
}

const CREATED_GPU =
  /Created device \S*device:(GPU:\d+) with (\d+) MB memory:\s+-> device: \d+, name: (.+?), pci bus id: [^,]+, compute capability: ([\d.]+)/g;
const INSTRUCTIONS = /To enable the following instructions: (.+?), in other operations/;
const GPU_PROBLEMS: readonly RegExp[] = [
  /(CUDA driver version is insufficient[^\n]*)/,
  /(Could not find cuda drivers on your machine)/,
  /failed call to cuInit: (.+)/,
  /(Cannot dlopen some GPU libraries)/,
  /(Ignoring visible gpu device [^\n]+)/,
];

/** Reads the log of a process that loaded TensorFlow with TF_CPP_MIN_LOG_LEVEL=0. */
export function readLog(log: string): LoggedDevices {
  return {
    gpus: [...log.matchAll(CREATED_GPU)].map(
      ([, device, memory, name, capability]) =>
        `${device} ${name}, ${memory} MB, compute capability ${capability}`,
    ),
    instructions: INSTRUCTIONS.exec(log)?.[1],
    oneDnn: log.includes('oneDNN custom operations are on'),
    gpuProblem: GPU_PROBLEMS.map(pattern => pattern.exec(log)?.[1]).find(found => found !== undefined),
  };
}
