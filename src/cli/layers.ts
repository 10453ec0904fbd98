import { t } from '../protocol/language';
import { findModel, modelNames } from '../core/model/catalog';
import { describeLayers } from '../core/model/describeLayers';
import { layersText } from '../core/model/layersText';
import { replaceHead } from '../core/model/replaceHead';
import { countParameters } from '../core/model/stateDictShapes';
import { UserError } from '../core/userError';
import type { Command, CommandContext, OptionValues } from './command';

const largestImage = 4096;

/** `thaw layers [MODEL]` */
export const layersCommand: Command = {
  usage: 'layers [MODEL] [--classes N] [--freeze PATH,PATH] [--image-size N] [--json]',
  get description() {
    return t(
      'Prints the modules of a model with what each gives, its parameters and whether it is frozen. ' +
        'Without a model, lists the models, their parameters and the layer that is replaced for new classes.',
    );
  },
  options: {
    classes: {
      type: 'string',
      value: 'N',
      get help() {
        return t('Replace the head for so many classes (1000 otherwise)');
      },
    },
    freeze: {
      type: 'string',
      multiple: true,
      value: 'PATH,PATH',
      get help() {
        return t('Freeze these modules and all below them');
      },
    },
    'image-size': {
      type: 'string',
      value: 'N',
      get help() {
        return t('Height and width of the input in pixels (otherwise what the model is meant for)');
      },
    },
    json: {
      type: 'boolean',
      get help() {
        return t('Print the tree as JSON');
      },
    },
  },
  async run({ positionals, values, print }) {
    const [name, ...rest] = positionals;
    if (rest.length > 0) throw new UserError(t('Name one model: thaw layers MODEL'));
    if (name === undefined) {
      listModels(values.flag('json'), print);
      return;
    }
    const classes = wholeNumber(values, 'classes');
    const published = findModel(name);
    const model = classes === undefined ? published : replaceHead(published, classes);
    const imageSize = wholeNumber(values, 'image-size') ?? published.preprocessing.crop;
    if (imageSize < 1 || imageSize > largestImage) {
      throw new UserError(
        t('--image-size is {0}; it must be a number of pixels from 1 to {1}', imageSize, largestImage),
      );
    }
    const freeze = values.list('freeze').flatMap(paths => paths.split(',').map(path => path.trim()));
    const description = describeLayers(model, { freeze: freeze.filter(path => path !== ''), imageSize });
    print(values.flag('json') ? JSON.stringify(description) : layersText(description));
  },
};

function listModels(json: boolean, print: CommandContext['print']): void {
  const rows = modelNames.map(findModel).map(({ name, root, head }) => ({
    model: name,
    parameters: countParameters(root),
    head,
  }));
  if (json) {
    print(JSON.stringify(rows));
    return;
  }
  for (const { model, parameters, head } of rows) {
    print(
      t(
        '{0}  {1} parameters  head {2}',
        model.padEnd(18),
        parameters.toLocaleString('en').padStart(11),
        head,
      ),
    );
  }
}

function wholeNumber(values: OptionValues, option: string): number | undefined {
  const text = values.text(option);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new UserError(t('--{0} is {1}; it must be a whole number', option, JSON.stringify(text)));
  }
  return Number(text);
}
