import { t } from '../protocol/language';
import type { CommandOption, OptionValues } from './command';

/** `--python FILE`, for commands that train. */
export const pythonOption: CommandOption = {
  type: 'string',
  value: 'FILE',
  get help() {
    return t(
      'The Python that has PyTorch, for the engine torchrun; else THAW_PYTHON names it, or it is on the PATH',
    );
  },
};

/** The Python that is named; undefined where none is. */
export function pythonOf(values: OptionValues): string | undefined {
  return values.text('python') ?? (process.env['THAW_PYTHON'] || undefined);
}
