import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import { t } from '../../../protocol/language';
import type { Recipe } from '../../recipe/recipe';
import { adapterName, isSoftware, type AdapterInfo } from '../../runtime/findAdapter';
import { dawnVersion } from '../../runtime/findDawn';
import { UserError } from '../../userError';
import { activateBackend } from '../activateBackend';
import type { OpenedEngine } from '../openedEngine';
import { loadDawn } from './loadDawn';
import { registerKernels } from './registerKernels';
import { WatchedWebgpuBackend } from './webgpuBackend';
import { WebgpuOps } from './webgpuOps';

/** As much as the adapter has, where the standard's defaults are for the least of phones. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Starts WebGPU in this process on the fastest adapter, a software one where there is no other. */
export async function openWebgpu(device: Recipe['device']): Promise<OpenedEngine> {
  refuseDevice(device);
  const adapter = await loadDawn().requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new UserError(
      t(
        'The webgpu engine cannot run here: no GPU was found that has a driver for Vulkan, Metal or Direct3D 12; set "engine": "auto"',
      ),
    );
  }
  const { info } = adapter as GPUAdapter & { info: AdapterInfo & GPUAdapterInfo };
  const requiredLimits = Object.fromEntries(LIMITS.map(name => [name, adapter.limits[name]]));
  const gpu = await adapter.requestDevice({ requiredLimits });
  const backend = new WatchedWebgpuBackend(gpu, info);
  registerKernels();
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', () => backend);
  const software = isSoftware(info);
  return {
    version: dawnVersion(),
    device: software ? 'cpu' : 'gpu',
    deviceReason: software
      ? t('it uses {0}, which computes on the CPU', adapterName(info))
      : t('it uses the GPU {0}', adapterName(info)),
    singleThreaded: false,
    lost: gpu.lost,
    ops: new WebgpuOps(backend),
    activate: () => activateBackend('webgpu'),
  };
}

function refuseDevice(device: Recipe['device']): void {
  if (device === 'auto' || device === 'gpu' || device === 'gpu:0') return;
  const which = device === 'cpu' ? t('computes on a GPU') : t('takes the GPU that the driver names first');
  throw new UserError(
    t('device: the webgpu engine {0}, so that "{1}" is not to be had; write "auto".', which, device),
  );
}
