/** The display language of the editor, and texts in it by their English; without texts all is said in English. */
export interface DisplayLanguage {
  /** As BCP 47 has it, in small letters: `zh-cn`. */
  readonly language: string;
  readonly texts: Readonly<Record<string, string>> | undefined;
}

const ENGLISH: DisplayLanguage = { language: 'en', texts: undefined };
let spoken = ENGLISH;

/** Takes the language for all that is said from now on. */
export function speak(language: DisplayLanguage): void {
  spoken = language.texts ? language : ENGLISH;
}

/** A text in the display language, with the values in the places of `{0}`, `{1}` and so on. Not for use at load. */
export function t(english: string, ...values: readonly (string | number)[]): string {
  const text = spoken.texts?.[english] ?? english;
  return text.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}

/** A count as the display language writes it: `1,234`. */
export function numberText(count: number): string {
  return count.toLocaleString(spoken.language);
}

/** A day and a time of day as the display language writes them. `time`: milliseconds since 1970. */
export function dateText(time: number): string {
  return new Date(time).toLocaleString(spoken.language, { dateStyle: 'medium', timeStyle: 'short' });
}
