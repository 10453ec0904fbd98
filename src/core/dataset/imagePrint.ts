/** Rows and columns of a print. */
const SIDE = 16;
/** Of a byte; smaller steps from cell to cell are noise. */
const LEAST_STEP = 3;

/**
 * A picture in small, by which copies of it are found again, resized or compressed anew: the mean luminance (ITU-R BT.601)
 * of the cells of a grid of 16 x 16, a byte each.
 */
export type ImagePrint = Uint8Array;

export const PRINT_BYTES = SIDE * SIDE;

/** The print of pixels [height, width, 3], 8 bit. */
export function imagePrint(pixels: Uint8Array, width: number, height: number): ImagePrint {
  const print = new Uint8Array(PRINT_BYTES);
  const from = (cell: number, length: number): number => Math.floor((cell * length) / SIDE);
  const to = (cell: number, length: number): number =>
    Math.max(from(cell, length) + 1, from(cell + 1, length));
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let sum = 0;
      let count = 0;
      for (let y = from(row, height); y < to(row, height); y++) {
        for (let x = from(column, width); x < to(column, width); x++) {
          const at = 3 * (y * width + x);
          sum += 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
          count++;
        }
      }
      print[row * SIDE + column] = Math.round(sum / count);
    }
  }
  return print;
}

/** How much the cells of a print differ from each other: their standard deviation. */
export function printContrast(print: ImagePrint): number {
  const mean = print.reduce((sum, cell) => sum + cell, 0) / PRINT_BYTES;
  return Math.sqrt(print.reduce((sum, cell) => sum + (cell - mean) ** 2, 0) / PRINT_BYTES);
}

/** Whether the cells of two prints differ by less than `most` in the mean. */
export function isNear(a: ImagePrint, b: ImagePrint, most: number): boolean {
  let left = most * PRINT_BYTES;
  for (let i = 0; i < PRINT_BYTES && left > 0; i++) left -= Math.abs(a[i]! - b[i]!);
  return left > 0;
}

/**
 * Where a print falls from each cell to the next in its row, as 15 words of 16 bits, one for each pair of columns: the
 * difference hash. Pictures that are the same agree in most words whole, so that they are found by any of them.
 */
export function differenceHash(print: ImagePrint): Uint16Array {
  const words = new Uint16Array(SIDE - 1);
  for (let column = 0; column < SIDE - 1; column++) {
    for (let row = 0; row < SIDE; row++) {
      const at = row * SIDE + column;
      if (print[at]! - print[at + 1]! >= LEAST_STEP) words[column]! |= 1 << row;
    }
  }
  return words;
}
