/** Variables that training, its downloads and the native libraries below it read, in capitals. */
const NAMES = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP'],
  ...['USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'SYSTEMROOT', 'SYSTEMDRIVE'],
  ...['WINDIR', 'COMSPEC', 'PATHEXT', 'PROGRAMDATA', 'PROGRAMFILES', 'NUMBER_OF_PROCESSORS'],
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'VIRTUAL_ENV', 'PYTHONHOME', 'PYTHONPATH'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['XDG_DATA_DIRS', 'DRI_PRIME'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'],
]);

const PREFIXES = [
  'THAW_',
  'LC_',
  'XDG_CACHE',
  'TORCH_',
  'PIP_',
  'TF_',
  'CUDA_',
  'NVIDIA_',
  'VK_',
  'OMP_',
  'MKL_',
  'NCCL_',
  'GLOO_',
];

/**
 * The environment of a training process: what it needs of the editor's, and nothing that leads back into the editor
 * or could give away a token. The program that runs the extension is told to be plain Node. `threads`: of the
 * processor, for the engine; 0: one a core. `python`: the one that has PyTorch; undefined: the one on the PATH.
 * `language`: the one to speak, as `zh-cn`.
 */
export function workerEnvironment(
  editor: NodeJS.ProcessEnv,
  threads: number,
  python: string | undefined,
  language: string,
): NodeJS.ProcessEnv {
  const kept = Object.entries(editor).filter(([name]) => {
    const capitals = name.toUpperCase();
    return NAMES.has(capitals) || PREFIXES.some(prefix => capitals.startsWith(prefix));
  });
  // Its log is for what goes wrong: empty, it tells that a process was ended from outside.
  return {
    ...Object.fromEntries(kept),
    ...(threads > 0 ? { TF_NUM_INTRAOP_THREADS: `${threads}`, OMP_NUM_THREADS: `${threads}` } : {}),
    ...(python === undefined ? {} : { THAW_PYTHON: python }),
    THAW_LANG: language,
    NODE_NO_WARNINGS: '1',
    ELECTRON_RUN_AS_NODE: '1',
  };
}
