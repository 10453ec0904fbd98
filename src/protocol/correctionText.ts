/** "3 images were relabelled and 1 was excluded"; empty where there are none. */
export function correctionText(relabelled: number, excluded: number): string {
  const parts = (
    [
      [relabelled, 'relabelled'],
      [excluded, 'excluded'],
    ] as const
  ).filter(([count]) => count > 0);
  return parts
    .map(([count, what], i) => {
      const noun = i > 0 ? '' : count === 1 ? ' image' : ' images';
      return `${count}${noun} ${count === 1 ? 'was' : 'were'} ${what}`;
    })
    .join(' and ');
}
