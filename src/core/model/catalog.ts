import { t } from '../../protocol/language';
import { nearestName } from '../recipe/nearestName';
import { UserError } from '../userError';
import { convnext_tiny } from './convNeXt';
import { densenet121 } from './denseNet';
import { efficientNetModels } from './efficientNet';
import { efficientnet_lite0 } from './efficientNetLite';
import { mobilenet_v2 } from './mobileNetV2';
import { mobileNetV3Models } from './mobileNetV3';
import type { Model } from './model';
import { regNetModels } from './regNet';
import { resnetModels } from './resnet';
import { squeezenet1_1 } from './squeezenet';
import { vggModels } from './vgg';
import { vit_b_16 } from './visionTransformer';

const builders: ReadonlyMap<string, () => Model> = new Map([
  ...resnetModels,
  ...vggModels,
  ['squeezenet1_1', squeezenet1_1] as const,
  ['densenet121', densenet121] as const,
  ...regNetModels,
  ['mobilenet_v2', mobilenet_v2] as const,
  ...mobileNetV3Models,
  ['efficientnet_lite0', efficientnet_lite0] as const,
  ...efficientNetModels,
  ['convnext_tiny', convnext_tiny] as const,
  ['vit_b_16', vit_b_16] as const,
]);

/** The models there are, families together. */
export const modelNames: readonly string[] = [...builders.keys()];

/** The model of that name with its published head of 1000 classes; a UserError that suggests the nearest name when there is none. */
export function findModel(name: string): Model {
  const build = builders.get(name);
  if (build) return build();
  const nearest = nearestName(name, modelNames);
  throw new UserError(
    nearest
      ? t('There is no model "{0}"; did you mean "{1}"?', name, nearest)
      : t('There is no model "{0}"; the models are {1}.', name, modelNames.join(', ')),
  );
}
