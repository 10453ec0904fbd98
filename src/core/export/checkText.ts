import { t } from '../../protocol/language';
import type { ExportCheck } from '../../protocol/taskMessages';

/** How an export was compared with its run, in a sentence. */
export function checkText({ pictures, all, largestDifference }: ExportCheck): string {
  if (pictures === 0)
    return t(
      'Not compared with the run: its test pictures are no longer where they were. The file was read back.',
    );
  const which = pictures === all ? t('all {0}', all) : t('{0} of {1}', pictures, all);
  return t(
    "Checked: on {0} test pictures no probability differs from the run's by more than {1}.",
    which,
    largestDifference.toExponential(1),
  );
}
