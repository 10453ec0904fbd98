/**
 * Adaptive average pooling along one axis as a matrix [outputs, size]: row o holds the weights of the region
 * [floor(o n / m), ceil((o + 1) n / m)), as torch cuts it.
 */
export function averagingMatrix(size: number, outputs: number): number[][] {
  return Array.from({ length: outputs }, (_, output) => {
    const start = Math.floor((output * size) / outputs);
    const end = Math.ceil(((output + 1) * size) / outputs);
    return Array.from({ length: size }, (_, i) => (i >= start && i < end ? 1 / (end - start) : 0));
  });
}

/** Average pooling along one axis as a matrix [outputs, size]. */
export function windowMatrix(size: number, outputs: number, kernel: number, stride: number): number[][] {
  return Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: size }, (_, i) =>
      i >= output * stride && i < output * stride + kernel ? 1 / kernel : 0,
    ),
  );
}

export function transposed(matrix: readonly (readonly number[])[]): number[][] {
  return matrix[0]!.map((_, column) => matrix.map(row => row[column]!));
}
