import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { runProgram } from './runProgram';

/** A command that starts Python: the program and the arguments that come first. */
export type PythonCommand = readonly [program: string, ...args: string[]];

const CANDIDATES: readonly PythonCommand[] = [['python3'], ['python'], ['py', '-3']];

/** The first Python on the PATH that has pip. Errors say whether Python or pip is missing, and how to get it. */
export async function findPythonWithPip(signal: AbortSignal): Promise<PythonCommand> {
  let withoutPip: string | undefined;
  for (const command of CANDIDATES) {
    const [program, ...args] = command;
    const pip = await runProgram(program, [...args, '-m', 'pip', '--version'], { signal });
    if (pip?.code === 0) return command;
    // The Windows Store's stand-in for Python fails too, but not with Python's words.
    if (pip && /No module named/.test(pip.stderr)) withoutPip ??= command.join(' ');
  }
  if (withoutPip !== undefined) {
    throw new UserError(
      t(
        '{0} has no pip, which fetches packages: install it with `{0} -m ensurepip --user`, ' +
          'or as python3-pip (Debian, Ubuntu, Fedora)',
        withoutPip,
      ),
    );
  }
  throw new UserError(
    t(
      'No Python was found (python3, python or py), whose pip fetches packages: install Python 3 with pip ' +
        '(Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip; macOS: brew install python; ' +
        'Windows: winget install Python.Python.3.12)',
    ),
  );
}
