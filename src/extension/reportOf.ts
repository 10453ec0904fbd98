/** A run, or several side by side, in Markdown. A UserError says which has no best epoch, or is damaged. */
export async function reportOf(folders: readonly string[]): Promise<string> {
  const [{ readReportedRun }, { runReport }, { comparisonReport }] = await Promise.all([
    import('../core/report/reportedRun'),
    import('../core/report/runReport'),
    import('../core/report/comparisonReport'),
  ]);
  const read = await Promise.all(folders.map(readReportedRun));
  return read.length === 1 ? runReport(read[0]!) : comparisonReport(read);
}
