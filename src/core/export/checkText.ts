import type { ExportCheck } from '../../protocol/taskMessages';

/** How an export was compared with its run, in a sentence. */
export function checkText({ pictures, all, largestDifference }: ExportCheck): string {
  if (pictures === 0)
    return 'Not compared with the run: its test pictures are no longer where they were. The file was read back.';
  const which = pictures === all ? `all ${all}` : `${pictures} of ${all}`;
  return `Checked: on ${which} test pictures no probability differs from the run's by more than ${largestDifference.toExponential(1)}.`;
}
