/** Any text as one that a file may be called on every platform: what may not be in a name becomes `-`. */
export function fileNameOf(text: string): string {
  return text.replace(/[<>:"/\\|?*\p{Cc}]/gu, '-');
}

/** Any text as one that can name a recipe, its file and its runs, in at most `longest` characters. */
export function plainName(text: string, longest = 100): string {
  const name = fileNameOf(text)
    .slice(0, longest)
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return name === '' ? 'recipe' : name;
}
