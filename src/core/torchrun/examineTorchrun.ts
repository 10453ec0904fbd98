import { t } from '../../protocol/language';
import type { EngineReport } from '../runtime/doctor';
import { UserError } from '../userError';
import { findTorchPython } from './torchPython';

/** What the check asks of a model that needs no package of its own. */
const ANY_MODEL = 'resnet18';

/** Whether the engine torchrun works with a Python: its versions, and by what processes train together, or what it lacks. */
export async function examineTorchrun(python: string, signal: AbortSignal): Promise<EngineReport> {
  const engine = 'torchrun';
  try {
    const found = await findTorchPython(python, ANY_MODEL, signal);
    const backends = found.gpus.length > 0 ? 'gloo and nccl' : 'gloo';
    return {
      ...{ engine, works: true, version: t('PyTorch {0}', found.torch) },
      devices: found.gpus.length > 0 ? found.gpus : ['CPU'],
      notes: [
        t('Python {0}, {1}', found.python, found.program),
        t('torchvision {0}; processes train together by {1}', found.torchvision, backends),
      ],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { engine, works: false, devices: [], notes: [], problem: error.message };
  }
}
