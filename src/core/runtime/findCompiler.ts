import { t } from '../../protocol/language';
import { runProgram } from '../download/runProgram';
import { UserError } from '../userError';

const CANDIDATES: readonly string[] = ['g++', 'c++', 'clang++'];

/** The first C++ compiler on the PATH that runs; the error says how to get one. */
export async function findCompiler(signal: AbortSignal): Promise<string> {
  for (const compiler of CANDIDATES) {
    // On macOS the command is there before the compiler is, and fails.
    const version = await runProgram(compiler, ['--version'], { signal });
    if (version?.code === 0) return compiler;
  }
  throw new UserError(
    t(
      "No C++ compiler was found ({0}), which builds the engine's binding: " +
        'install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install)',
      CANDIDATES.join(', '),
    ),
  );
}
