import { finish, type Work } from '../core/progress';
import { UserError } from '../core/userError';
import { MessageChannel } from '../protocol/messageChannel';
import type { TaskEditor, TaskProcess } from '../protocol/taskMessages';

/** Progress is told at most so often. */
const TELL_EVERY_MS = 100;

/** Answers what the editor asks over the pipe to it, until it hangs up. */
export function answerTasks(): void {
  const controller = new AbortController();
  const { signal } = controller;
  let told = 0;
  const work = <Result>(task: Work<Result>): Promise<Result> =>
    finish(task, ({ task, done, total, detail }) => {
      if (performance.now() < told + TELL_EVERY_MS) return;
      told = performance.now();
      channel.notify('progress', { task, done, total, detail });
    });
  const channel: MessageChannel<TaskProcess, TaskEditor> = new MessageChannel<TaskProcess, TaskEditor>({
    handlers: {
      exportRun: async request => work((await import('../core/export/exportRun')).exportRun(request, signal)),
      classifyImage: async ({ run, file }) =>
        (await import('../core/training/classifyImage')).classifyImage(run, file, signal),
      tryPicture: async ({ run, file }) =>
        (await import('../core/training/tryPicture')).tryPicture(run, file, signal),
      explainImages: async request =>
        work((await import('../core/training/explainImages')).explainImages(request, signal)),
      findLearningRate: async ({ file, recipe }) => {
        const { findRecipesLearningRate } = await import('./trialsOfRecipes');
        return work(findRecipesLearningRate(file, recipe, signal));
      },
      adviseFreeze: async ({ file, recipe }) => {
        const { adviseRecipesFreeze } = await import('./trialsOfRecipes');
        return work(adviseRecipesFreeze(file, recipe, signal));
      },
      cancel: () => controller.abort(),
    },
    send: message => process.send?.(message),
    onError: error => {
      // eslint-disable-next-line no-console -- what is a bug goes to the editor's log
      if (!(error instanceof UserError) && !signal.aborted) console.error(error);
    },
  });
  process.on('message', message => void channel.receive(message));
  process.on('disconnect', () => process.exit());
}
