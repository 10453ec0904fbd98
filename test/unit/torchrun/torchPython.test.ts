import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTorchPython } from '../../../src/core/torchrun/torchPython';
import { UserError } from '../../../src/core/userError';

describe('the Python that has PyTorch', () => {
  const signal = new AbortController().signal;
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'thaw-torch-python-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  /** A program that answers what such a Python would; the real one is part of the parity suite. */
  async function answering(answer: object | string): Promise<string> {
    const program = join(folder, 'python');
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    await writeFile(program, `#!/bin/sh\ncat <<'END'\na package says hello\n${text}\nEND\n`);
    await chmod(program, 0o755);
    return program;
  }
  const whole = {
    ...{ python: '3.11.4', missing: {}, torch: '2.15.0+cu132', torchvision: '0.29.2' },
    ...{ gloo: true, nccl: true, gpus: ['NVIDIA H100'] },
  };
  async function refusal(answer: object | string): Promise<string> {
    const error: unknown = await findTorchPython(await answering(answer), 'resnet18', signal).catch(
      (error: unknown) => error,
    );
    assert.ok(error instanceof UserError);
    return error.message.replaceAll(join(folder, 'python'), 'PYTHON');
  }

  it('is taken when it has all', async () => {
    const program = await answering(whole);
    const { python, torch, torchvision, gpus } = whole;
    assert.deepEqual(await findTorchPython(program, 'resnet18', signal), {
      ...{ program, python, torch, torchvision, gpus },
    });
  });

  it('is refused with what to install', async () => {
    const missing = {
      torch: "ModuleNotFoundError: No module named 'torch'",
      torchvision: 'ModuleNotFoundError: ',
    };
    assert.match(
      await refusal({ python: '3.12.0', missing }),
      /^The engine torchrun needs torch and torchvision in PYTHON: install with PYTHON -m pip install torch torchvision, or name one with --python, THAW_PYTHON or/,
    );
    assert.match(
      await refusal({ python: '3.12.0', missing: { torch: 'ImportError: libcudart.so.12' } }),
      /needs torch in PYTHON \(torch: ImportError: libcudart\.so\.12\)/,
    );
    assert.match(
      await refusal({ python: '3.12.0', missing: { efficientnet_lite_pytorch: 'ModuleNotFoundError: ' } }),
      /pip install efficientnet-lite-pytorch/,
    );
  });

  it('is refused when it is too old, or cannot bring processes together', async () => {
    assert.match(
      await refusal({ ...whole, torch: '1.13.1' }),
      /has torch 1\.13\.1, and .* needs 2\.1 or newer/,
    );
    assert.match(
      await refusal({ ...whole, torchvision: '0.9' }),
      /has torchvision 0\.9, and .* needs 0\.16 or newer/,
    );
    assert.match(await refusal({ ...whole, gloo: false }), /was built without gloo,/);
    assert.match(await refusal({ ...whole, nccl: false }), /was built without nccl,/);
    assert.match(await refusal('no JSON'), /PYTHON is no Python 3\.9 or newer that works/);
  });

  it('is refused when it is not there', async () => {
    await assert.rejects(
      findTorchPython(join(folder, 'away'), 'resnet18', signal),
      /There is no Python .*away; name one with --python/,
    );
    await assert.rejects(findTorchPython(folder, 'resnet18', signal), /cannot be started \(EACCES\)/);
  });
});
