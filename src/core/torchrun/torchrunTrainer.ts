import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { writeFileAtomically } from '../atomicWrite';
import { distributedRecipe } from '../recipe/parseRecipe';
import type { DistributedRecipe, Recipe } from '../recipe/recipe';
import type { RunDescription, Trainer, TrainOptions } from '../training/trainer';
import { UserError } from '../userError';
import { writeSafetensors } from '../weights/safetensors';
import type { StateDict } from '../weights/stateDict';
import { findMeetingPlace, onThisMachine, type MeetingPlace } from './meetingPlace';
import { runTorchrun, type TorchrunCommand } from './runTorchrun';
import { findTorchPython, type TorchPython } from './torchPython';
import { torchrunPlan } from './torchrunPlan';
import { torchrunProgram } from './torchrunProgram';

/** What of a run folder is the processes' own. */
const FOLDER = 'torchrun';
const files = { plan: 'plan.json', weights: 'start.safetensors', log: 'log.txt' };

/** Machines prepare at their own speed, and wait for each other that long. */
const WAIT_S = 600;

/** Trains on PyTorch's DistributedDataParallel, in processes that torchrun starts on one machine or several. */
export class TorchrunTrainer implements Trainer {
  readonly engine: Trainer['engine'];
  private loaded: { readonly run: RunDescription; readonly weights: StateDict } | undefined;

  private constructor(
    private readonly python: TorchPython,
    private readonly distributed: DistributedRecipe & { readonly processesPerNode: number },
    private readonly place: MeetingPlace,
  ) {
    const { nodes, processesPerNode } = distributed;
    const gpu = python.gpus.length > 0;
    const processes = processesPerNode === 1 ? t('1 process') : t('{0} processes', processesPerNode);
    const work = nodes === 1 ? processes : t('{0} machines with {1} each', nodes, processes);
    this.engine = {
      name: 'torchrun',
      version: python.torch,
      device: gpu ? 'gpu' : 'cpu',
      reason: gpu
        ? t('the recipe asks for it; {0}, on GPUs (nccl)', work)
        : t('the recipe asks for it; {0}, on the CPU (gloo)', work),
    };
  }

  /** Checks Python, PyTorch and how the recipe shares the work; a UserError says what is missing or cannot be. */
  static async open(
    recipe: Recipe,
    wanted: string | undefined,
    signal: AbortSignal,
  ): Promise<TorchrunTrainer> {
    if (recipe.mixup) {
      throw new UserError(
        t('mixup: the engine torchrun does not mix pictures; leave the field out, or take another engine.'),
      );
    }
    if (recipe.unfreeze?.length) {
      throw new UserError(
        t(
          'unfreeze: the engine torchrun freezes the same layers in every epoch; leave the field out, or take another engine.',
        ),
      );
    }
    const { nodes, rendezvous, ...rest } = recipe.distributed ?? distributedRecipe();
    const python = await findTorchPython(wanted, recipe.model, signal);
    const gpus = python.gpus.length;
    const processesPerNode = rest.processesPerNode ?? Math.max(1, gpus);
    if (gpus > 0 && processesPerNode > gpus) {
      throw new UserError(
        t(
          'distributed.processesPerNode is {0}, and PyTorch sees {1} here: ' +
            'set it to that, or set the environment variable CUDA_VISIBLE_DEVICES to nothing to train on the processor.',
          processesPerNode,
          gpus === 1 ? t('1 GPU') : t('{0} GPUs', gpus),
        ),
      );
    }
    if (recipe.batchSize < nodes * processesPerNode) {
      throw new UserError(
        t(
          'batchSize: {0} processes cannot share batches of {1}; each needs at least one image.',
          nodes * processesPerNode,
          recipe.batchSize,
        ),
      );
    }
    const place = nodes === 1 ? onThisMachine() : await findMeetingPlace(rendezvous!);
    return new TorchrunTrainer(python, { ...rest, nodes, rendezvous, processesPerNode }, place);
  }

  get help(): Trainer['help'] {
    return this.place.leads ? undefined : options => this.trainAlong(options);
  }

  load(run: RunDescription, weights: StateDict): void {
    this.loaded = { run, weights };
  }

  async *train(
    folder: string,
    { signal }: TrainOptions,
  ): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
    const { run, weights } = this.loaded!;
    this.loaded = undefined;
    const own = join(folder, FOLDER);
    await mkdir(own, { recursive: true });
    await writeSafetensors(join(own, files.weights), weights);
    const plan = torchrunPlan(run, { folder, weights: join(own, files.weights) });
    await writeFileAtomically(join(own, files.plan), JSON.stringify(plan));
    try {
      const startedAgain: TorchrunCommand['startedAgain'] = ({ epoch, batch }) => ({
        ...{ kind: 'runResumed', epoch, batch, epochs: run.recipe.epochs, runFolder: folder },
        engine: `${this.engine.name} ${this.engine.version}`,
        engineReason: t('a process failed, so torchrun started all of them again'),
      });
      return yield* runTorchrun({ ...this.command(own, signal), startedAgain });
    } finally {
      await rm(join(own, files.weights), { force: true });
    }
  }

  dispose(): void {
    this.loaded = undefined;
  }

  /** Trains a run whose folder and events are on the machine that leads. */
  private async *trainAlong({ signal }: TrainOptions): AsyncGenerator<TrainingEvent, void> {
    const { rendezvous } = this.distributed;
    const own = await mkdtemp(join(tmpdir(), 'thaw-torchrun-'));
    const { run } = this.loaded!;
    this.loaded = undefined;
    await writeFileAtomically(join(own, files.plan), JSON.stringify(torchrunPlan(run, undefined)));
    const message = t(
      'This machine helps to train: the one at {0} leads, tells of the run and keeps it.',
      rendezvous!,
    );
    yield { kind: 'note', message };
    const startedAgain = (): TrainingEvent => ({
      kind: 'note',
      message: t('The processes were started again.'),
    });
    const status = yield* runTorchrun({ ...this.command(own, signal), startedAgain });
    await rm(own, { recursive: true, force: true });
    yield {
      kind: 'note',
      message: status === 'completed' ? t('The run is over.') : t('The run was stopped.'),
    };
  }

  private command(own: string, signal: AbortSignal): Omit<TorchrunCommand, 'startedAgain'> {
    const { nodes, processesPerNode, rendezvous, maxRestarts } = this.distributed;
    const { leads, address, networkInterface } = this.place;
    const meeting =
      nodes === 1
        ? ['--standalone']
        : [
            ...['--rdzv-backend=c10d', `--rdzv-endpoint=${rendezvous}`, '--rdzv-id=thaw'],
            `--rdzv-conf=is_host=${leads},join_timeout=${WAIT_S},read_timeout=${WAIT_S}`,
          ];
    return {
      program: this.python.program,
      args: [
        ...['-m', 'torch.distributed.run', `--nnodes=${nodes}`, `--nproc-per-node=${processesPerNode}`],
        ...[`--max-restarts=${maxRestarts}`, ...meeting],
        ...(address === undefined ? [] : [`--local-addr=${address}`]),
        ...[torchrunProgram('train.py'), join(own, files.plan)],
      ],
      environment: {
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
        // Else processes that are started again find the addresses of those before them in torchrun's own store.
        TORCH_DISABLE_SHARE_RDZV_TCP_STORE: '1',
        ...unlessSet({
          OMP_NUM_THREADS: String(Math.max(1, Math.floor(availableParallelism() / processesPerNode))),
          GLOO_SOCKET_IFNAME: networkInterface,
          NCCL_SOCKET_IFNAME: networkInterface,
        }),
      },
      log: join(own, files.log),
      signal,
    };
  }
}

/** Variables that a person may set otherwise. */
function unlessSet(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined || process.env[name] !== undefined ? [] : [[name, value]],
    ),
  );
}
