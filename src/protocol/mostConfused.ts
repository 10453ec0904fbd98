/** The cells beside the diagonal with the highest counts, the highest first; cells without pictures are left out. */
export function mostConfused(
  matrix: readonly (readonly number[])[],
  most: number,
): readonly { readonly label: number; readonly predicted: number; readonly count: number }[] {
  return matrix
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}
