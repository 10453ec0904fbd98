import { t } from '../protocol/language';
import { UserError } from './userError';

/** What ends a training on any engine, as a sentence that a person can act on. */

/** The loss of an epoch is no longer a number. */
export function lossRanAway(epoch: number, lr: number): UserError {
  return new UserError(
    t(
      'The loss stopped being a number in epoch {0}: with the learning rate {1} the weights ran away; ' +
        'set optimizer.lr to a tenth of it and start again.',
      epoch,
      lr,
    ),
  );
}

/** An image that could be read when the run began cannot be read now. */
export function imageLost(image: string, reason: string): UserError {
  return new UserError(
    t('The image {0} can no longer be read: {1}; restore it, or start again to leave it out', image, reason),
  );
}

/** The machines that train together were given something else each. */
export function machinesDiffer(): UserError {
  return new UserError(
    t(
      'The machines do not train the same: the recipe and the pictures, their names and classes, must be the same on all of them.',
    ),
  );
}
