import { parseArgs } from 'node:util';
import { t } from '../protocol/language';
import { UserError } from '../core/userError';
import { OptionValues, type Command, type CommandOption } from './command';
import { commands, type CommandEntry } from './commands';
import { nearestName } from '../core/recipe/nearestName';

/** What the words after the program's name ask for. */
export type Request =
  | { readonly kind: 'overview' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly entry: CommandEntry; readonly command: Command }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly positionals: readonly string[];
      readonly values: OptionValues;
    };

const HELP: CommandOption = {
  type: 'boolean',
  short: 'h',
  get help() {
    return t('Say how the command is used');
  },
};

/** Reads the command line; unknown words and options are UserErrors that name the nearest. */
export async function readCommandLine(args: readonly string[]): Promise<Request> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'overview' };
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === 'help') {
    if (rest[0] === undefined) return { kind: 'overview' };
    const entry = find(rest[0]);
    return { kind: 'help', entry, command: await entry.load() };
  }
  if (first.startsWith('-')) {
    throw new UserError(t('Unknown option {0}: the command comes first, `thaw --help` lists them', first));
  }
  const entry = find(first);
  const command = await entry.load();
  const { positionals, values } = readOptions(entry.name, command, rest);
  if (values['help'] === true) return { kind: 'help', entry, command };
  return { kind: 'run', command, positionals, values: new OptionValues(values) };
}

function find(name: string): CommandEntry {
  const entry = commands.find(candidate => candidate.name === name);
  if (entry) return entry;
  const nearest = nearestName(name, [...commands.map(candidate => candidate.name), 'help']);
  throw new UserError(
    t(
      'Unknown command {0}: {1}',
      name,
      nearest ? t('did you mean {0}?', nearest) : t('`thaw --help` lists them'),
    ),
  );
}

/** Not `strict`: its errors run over several lines and name no alternative. */
function readOptions(
  name: string,
  command: Command,
  args: readonly string[],
): { positionals: string[]; values: Record<string, string | boolean | string[]> } {
  const options = { ...command.options, help: HELP };
  const config = Object.fromEntries(
    Object.entries(options).map(([option, { type, multiple, short }]) => [
      option,
      { type, ...(multiple && { multiple }), ...(short !== undefined && { short }) },
    ]),
  );
  const { positionals, values, tokens } = parseArgs({
    args: [...args],
    options: config,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name as 'help'] : undefined;
    if (!option) {
      const nearest = nearestName(token.name, Object.keys(options));
      throw new UserError(
        t(
          'Unknown option {0} of `thaw {1}`: {2}',
          token.rawName,
          name,
          nearest ? t('did you mean --{0}?', nearest) : t('`thaw help {0}` lists them', name),
        ),
      );
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw new UserError(
        t('{0} takes no value, but was given {1}', token.rawName, JSON.stringify(token.value)),
      );
    }
    if (option.type === 'string' && token.value === undefined) {
      throw new UserError(t('{0} needs a value: {0} {1}', token.rawName, option.value ?? 'VALUE'));
    }
    if (option.type === 'string' && !token.inlineValue && /^-./.test(token.value!)) {
      throw new UserError(
        t(
          '{0} needs a value, but {1} follows: write {0}={1} if that is the value',
          token.rawName,
          token.value!,
        ),
      );
    }
  }
  return { positionals, values: values as Record<string, string | boolean | string[]> };
}

/** What `thaw --help` prints. */
export function overviewText(version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    t('thaw {0}: fine-tune image classifiers', version),
    '',
    t('Usage: thaw COMMAND [ARGUMENT...] [--option...]'),
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    t('`thaw help COMMAND` says more; `thaw --version` prints the version.'),
  ].join('\n');
}

/** What `thaw help COMMAND` prints. */
export function helpText({ summary }: CommandEntry, command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, option]) => {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : '';
    return [
      `${short}--${name}${value}`,
      option.help + (option.multiple ? t(' (may be repeated)') : ''),
    ] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    t('Usage: thaw {0}', command.usage),
    '',
    t('{0}.', summary),
    ...(command.description === undefined ? [] : ['', command.description]),
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join('\n');
}
