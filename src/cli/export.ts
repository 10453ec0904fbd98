import { relative } from 'node:path';
import { t } from '../protocol/language';
import { exportFormatNames, exportFormats, formatOfFile } from '../core/export/exportFormats';
import { exportedName, exportRun } from '../core/export/exportRun';
import { finish } from '../core/progress';
import { nearestName } from '../core/recipe/nearestName';
import { UserError } from '../core/userError';
import type { ExportFormat } from '../protocol/taskMessages';
import type { Command, OptionValues } from './command';
import { checkText } from '../core/export/checkText';

/** `thaw export RUN` */
export const exportCommand: Command = {
  usage: 'export RUN [--format NAME] [--out FILE] [--force] [--json]',
  get description() {
    return [
      t(
        "Writes a run's best weights for use elsewhere, with classes and preprocessing, and a program beside them that\n" +
          'classifies a picture. The file is read back and compared with what the run recorded of its test pictures before it\n' +
          'is put into place. Formats:',
      ),
      '',
      ...exportFormatNames.map(name => `  ${name.padEnd(12)}${exportFormats[name].purpose}`),
    ].join('\n');
  },
  options: {
    format: {
      type: 'string',
      value: 'NAME',
      get help() {
        return t('{0}; otherwise as --out ends, or onnx', exportFormatNames.join(', '));
      },
    },
    out: {
      type: 'string',
      value: 'FILE',
      get help() {
        return t("The file or folder to write; otherwise the run's name, in this folder");
      },
    },
    force: {
      type: 'boolean',
      get help() {
        return t('Replace what is there');
      },
    },
    json: {
      type: 'boolean',
      get help() {
        return t('Print the result as JSON');
      },
    },
  },
  async run({ positionals, values, signal, print, progress }) {
    const [run, ...rest] = positionals;
    if (run === undefined || rest.length > 0) throw new UserError(t('Name one run folder: thaw export RUN'));
    const format = formatIn(values);
    const file = values.text('out') ?? (await exportedName(run, format));
    const work = exportRun({ run, format, file, force: values.flag('force') }, signal);
    const { files, check } = await finish(work, progress);
    if (values.flag('json')) {
      print(JSON.stringify({ format, files, check }));
      return;
    }
    for (const written of files) print(t('Wrote {0}', relative('.', written)));
    print(checkText(check));
  },
};

function formatIn(values: OptionValues): ExportFormat {
  const [name, out] = [values.text('format'), values.text('out')];
  if (name === undefined) {
    const format = out === undefined ? 'onnx' : formatOfFile(out);
    if (format) return format;
    const endings = exportFormatNames.map(known => `.${exportFormats[known].extension}`).join(', ');
    throw new UserError(
      t('--out is {0}, which ends in none of {1}; name the format with --format', out!, endings),
    );
  }
  const format = exportFormatNames.find(known => known === name);
  if (format) return format;
  const nearest = nearestName(name, exportFormatNames);
  throw new UserError(
    t(
      'There is no format {0}: {1}',
      name,
      nearest ? t('did you mean {0}?', nearest) : t('the formats are {0}', exportFormatNames.join(', ')),
    ),
  );
}
