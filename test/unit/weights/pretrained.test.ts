import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finish } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { modelNames } from '../../../src/core/model/catalog';
import { architectureFixture } from '../../parity/fixtures';
import { pretrainedWeights } from '../../../src/core/weights/pretrained';

const VARIABLES = ['TORCH_HOME', 'XDG_CACHE_HOME', 'THAW_CACHE'] as const;

describe('pretrainedWeights', () => {
  const { signal } = new AbortController();
  const before = VARIABLES.map(name => [name, process.env[name]] as const);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
    for (const name of VARIABLES) delete process.env[name];
    process.env['THAW_CACHE'] = join(folder, 'thaw');
  });
  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(folder, { recursive: true, force: true });
  });

  const find = async (model: string, answer = new Response('wrong')): Promise<string[]> => {
    const asked: string[] = [];
    const fetch = (url: string): Promise<Response> => {
      asked.push(url);
      return Promise.resolve(answer);
    };
    await assert.rejects(finish(pretrainedWeights(model, { signal, fetch })), UserError);
    return asked;
  };
  const refusalOf = (model: string): Promise<string> =>
    finish(pretrainedWeights(model, { signal, fetch: () => Promise.reject(new Error('asked')) })).then(
      () => 'found',
      (error: unknown) => String(error),
    );

  it("asks torchvision's host for the weights that it publishes, and keeps nothing that is not them", async () => {
    process.env['TORCH_HOME'] = join(folder, 'torch');
    for (const name of modelNames.filter(name => name !== 'efficientnet_lite0')) {
      assert.deepEqual(await find(name), [architectureFixture(name).published!.url]);
    }
    assert.deepEqual(await readdir(join(folder, 'thaw', 'weights')), []);
  });

  const places: [string, () => string][] = [
    [
      'TORCH_HOME',
      () => (
        (process.env['TORCH_HOME'] = join(folder, 'torch')),
        join(folder, 'torch', 'hub', 'checkpoints')
      ),
    ],
    [
      'XDG_CACHE_HOME',
      () => ((process.env['XDG_CACHE_HOME'] = folder), join(folder, 'torch', 'hub', 'checkpoints')),
    ],
    [
      'our own cache',
      () => ((process.env['TORCH_HOME'] = join(folder, 'none')), join(folder, 'thaw', 'weights')),
    ],
  ];
  for (const [title, place] of places) {
    it(`looks in ${title} first, and refuses a file there with the wrong sha256`, async () => {
      const checkpoints = place();
      await mkdir(checkpoints, { recursive: true });
      await writeFile(join(checkpoints, 'resnet18-f37072fd.pth'), 'abc');
      const refusal = await refusalOf('resnet18');
      assert.match(refusal, /resnet18-f37072fd\.pth is damaged.*begins ba7816bf, not f37072fd; delete it/);
      assert.ok(refusal.includes(checkpoints));
    });
  }

  it('looks for efficientnet_lite0 there too', async () => {
    process.env['TORCH_HOME'] = folder;
    await mkdir(join(folder, 'hub', 'checkpoints'), { recursive: true });
    await writeFile(join(folder, 'hub', 'checkpoints', 'efficientnet-lite0-57934424.pth'), 'abc');
    assert.match(await refusalOf('efficientnet_lite0'), /begins ba7816bf, not 57934424/);
  });

  it('says so for a model without known weights', async () => {
    assert.match(
      await refusalOf('alexnet'),
      /^UserError: No ImageNet weights are known for alexnet: set "weights"/,
    );
  });
});
