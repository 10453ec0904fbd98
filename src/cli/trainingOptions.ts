import { t } from '../protocol/language';
import type { CommandOption } from './command';

/** `--set PATH=VALUE`, for commands that read a recipe. `example`: a field and its value. */
export function setOption(example: string): CommandOption {
  return {
    ...{ type: 'string', multiple: true, value: 'PATH=VALUE' },
    get help() {
      return t('Change a field, as in {0}', example);
    },
  };
}

/** `--engine NAME`, for commands that train in this process. */
export const engineOption: CommandOption = {
  ...{ type: 'string', value: 'NAME' },
  get help() {
    return t('The engine to use: auto, tensorflow, webgpu or wasm');
  },
};

/** `--json`, for commands that tell events. */
export const eventsOption: CommandOption = {
  type: 'boolean',
  get help() {
    return t('Print every event as a line of JSON');
  },
};
