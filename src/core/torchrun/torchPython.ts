import { basename, resolve } from 'node:path';
import { t } from '../../protocol/language';
import { runProgram } from '../download/runProgram';
import { UserError } from '../userError';
import { torchrunProgram } from './torchrunProgram';

/** A Python that can train with PyTorch. */
export interface TorchPython {
  readonly program: string;
  /** Versions. */
  readonly python: string;
  readonly torch: string;
  readonly torchvision: string;
  /** Names of the GPUs that PyTorch computes on, in its order. */
  readonly gpus: readonly string[];
}

/** What `media/torchrun/check.py` prints. */
interface Check extends Omit<TorchPython, 'program'> {
  /** Packages that could not be imported, and why. */
  readonly missing: Readonly<Record<string, string>>;
  readonly gloo?: boolean;
  readonly nccl?: boolean;
}

const CANDIDATES = ['python3', 'python'];
/** `torchvision.models.get_model` and process groups of two backends came with these. */
const OLDEST = { torch: [2, 1], torchvision: [0, 16] } as const;
const PACKAGES: Readonly<Record<string, string>> = { efficientnet_lite_pytorch: 'efficientnet-lite-pytorch' };

/**
 * The Python named, or else the first on the PATH; a UserError says which packages it lacks, and how to install them.
 */
export async function findTorchPython(
  wanted: string | undefined,
  model: string,
  signal: AbortSignal,
): Promise<TorchPython> {
  for (const program of wanted === undefined ? CANDIDATES : [whole(wanted)]) {
    const end = await runProgram(program, [torchrunProgram('check.py'), model], {
      signal,
      environment: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
    }).catch((error: NodeJS.ErrnoException) => {
      signal.throwIfAborted();
      throw new UserError(
        t('The Python {0} cannot be started ({1}); {2}.', program, error.code!, howToName()),
      );
    });
    if (!end) continue;
    const check = readCheck(end.stdout);
    if (!check) {
      const words = end.stderr.trim().split('\n').at(-1) ?? '';
      const said =
        words === '' ? t('it ended with code {0}', end.code ?? end.endedBy ?? '') : words.slice(0, 200);
      throw new UserError(
        t('{0} is no Python 3.9 or newer that works ({1}); {2}.', program, said, howToName()),
      );
    }
    return accept(program, check);
  }
  throw new UserError(
    wanted === undefined
      ? t(
          'The engine torchrun needs a Python with PyTorch, and there is no python3 on the PATH; {0}.',
          howToName(),
        )
      : t('There is no Python {0}; {1}.', wanted, howToName()),
  );
}

/** A path as an absolute one, as the program runs elsewhere; a name is looked for on the PATH. */
function whole(program: string): string {
  return basename(program) === program ? program : resolve(program);
}

function howToName(): string {
  return t('name one with --python, THAW_PYTHON or, in the editor, the setting thaw.python');
}

function accept(program: string, check: Check): TorchPython {
  const names = Object.keys(check.missing);
  if (names.length > 0) {
    const broken = names.filter(name => !/^ModuleNotFoundError/.test(check.missing[name]!));
    const reasons = broken.map(name => ` (${name}: ${check.missing[name]!.split('\n')[0]!.slice(0, 200)})`);
    throw new UserError(
      t(
        'The engine torchrun needs {0} in {1}{2}: install with {1} -m pip install {3}, or {4}.',
        names.join(t(' and ')),
        program,
        reasons.join(''),
        names.map(name => PACKAGES[name] ?? name).join(' '),
        howToName(),
      ),
    );
  }
  for (const [name, oldest] of Object.entries(OLDEST) as [keyof typeof OLDEST, readonly number[]][]) {
    if (!isAtLeast(check[name], oldest)) {
      throw new UserError(
        t(
          '{0} has {1} {2}, and the engine torchrun needs {3} or newer: install ' +
            'with {0} -m pip install --upgrade torch torchvision.',
          program,
          name,
          check[name],
          oldest.join('.'),
        ),
      );
    }
  }
  const lacks = [check.gloo ? '' : 'gloo', check.gpus.length > 0 && !check.nccl ? 'nccl' : ''].filter(
    Boolean,
  );
  if (lacks.length > 0) {
    throw new UserError(
      t(
        'PyTorch in {0} was built without {1}, by which processes train together; {2}.',
        program,
        lacks.join(t(' and ')),
        howToName(),
      ),
    );
  }
  const { python, torch, torchvision, gpus } = check;
  return { program, python, torch, torchvision, gpus };
}

function readCheck(output: string): Check | undefined {
  try {
    // Packages may print on their own while they are imported.
    const check = JSON.parse(output.trim().split('\n').at(-1)!) as Partial<Check>;
    return typeof check.python === 'string' && typeof check.missing === 'object'
      ? (check as Check)
      : undefined;
  } catch {
    return undefined;
  }
}

function isAtLeast(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(part => Number.parseInt(part, 10) || 0);
  for (const [i, wanted] of oldest.entries()) {
    if (parts[i] !== wanted) return (parts[i] ?? 0) > wanted;
  }
  return true;
}
