import { relative } from 'node:path';
import { t } from '../protocol/language';
import { finish } from '../core/progress';
import { logToMlflow } from '../core/tracking/mlflowStore';
import { UserError } from '../core/userError';
import type { Command } from './command';

/** `thaw log RUN...` */
export const logCommand: Command = {
  usage: 'log RUN... --mlflow FOLDER [--experiment NAME]',
  get description() {
    return t(
      "Writes runs into MLflow's file store, such as mlruns: recipe, curves, best weights and predictions. A run that was " +
        'logged before is replaced. MLflow reads it with MLFLOW_ALLOW_FILE_STORE=true, and `mlflow migrate-filestore` ' +
        'takes it into a database.',
    );
  },
  options: {
    mlflow: {
      type: 'string',
      value: 'FOLDER',
      get help() {
        return t("The store's folder, made where it is not there");
      },
    },
    experiment: {
      type: 'string',
      value: 'NAME',
      get help() {
        return t('The experiment that the runs belong to; otherwise thaw');
      },
    },
  },
  async run({ positionals, values, signal, print, progress }) {
    const store = values.text('mlflow');
    if (positionals.length === 0 || store === undefined)
      throw new UserError(t('Name a run folder or several, and where to: thaw log RUN... --mlflow mlruns'));
    const experiment = values.text('experiment') ?? 'thaw';
    for (const run of positionals) {
      const { folder } = await finish(logToMlflow(run, store, experiment, signal), progress);
      print(t('Logged {0} to {1}', run, relative('.', folder)));
    }
  },
};
