import type { Progress } from '../core/progress';

/** A command of `thaw`. Its module is loaded only when the command is asked for: keep engines behind `run`. */
export interface Command {
  /** What follows the program's name: `runtime install [--cuda]`. */
  readonly usage: string;
  /** More than the summary says, for `thaw help COMMAND`. */
  readonly description?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Ends with the exit code, 0 when it ends with nothing. A UserError becomes one line and exit code 1. */
  run(context: CommandContext): Promise<number | void>;
}

export interface CommandOption {
  readonly type: 'boolean' | 'string';
  /** May be given more than once. */
  readonly multiple?: boolean;
  readonly short?: string;
  /** What the value is, in capitals: `FOLDER`. */
  readonly value?: string;
  readonly help: string;
}

export type OptionValue = boolean | string | readonly string[] | undefined;

/** What a command works with. */
export interface CommandContext {
  /** Arguments that are no options, the command's name left out. */
  readonly positionals: readonly string[];
  readonly values: OptionValues;
  /** Aborted by Ctrl-C or SIGTERM; the exit code is then 130 whatever `run` returns. */
  readonly signal: AbortSignal;
  /** Writes a line to stdout. */
  print(line: string): void;
  /** Writes a line to stderr. */
  note(line: string): void;
  /** Shows long work on stderr; the next line printed takes its place. */
  progress(progress: Progress): void;
}

/** The options given, read as what the command declared them to be. */
export class OptionValues {
  constructor(private readonly values: Readonly<Record<string, OptionValue>>) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.values[name];
    return typeof value === 'object' ? value : [];
  }
}
