/** How many values an element of an array with so many channels holds in a program. */
export function componentsOf(channels: number): 1 | 4 {
  return channels % 4 === 0 ? 4 : 1;
}

/** WGSL for `four_of_<input>(at, left)`: four values of an input from `at` on, zeros where no more than `left` belong together. */
export function readFour(input: string, components: 1 | 4): string {
  const signature = `fn four_of_${input}(at : i32, left : i32) -> vec4<f32>`;
  if (components === 4) return `${signature} { return ${input}[at / 4]; }\n`;
  return `${signature} {
    var four = vec4<f32>(0.0);
    for (var i = 0; i < min(4, left); i++) { four[i] = ${input}[at + i]; }
    return four;
  }\n`;
}
