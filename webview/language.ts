import type { DisplayLanguage } from '../src/protocol/displayLanguage';

let spoken: DisplayLanguage = { language: 'en', texts: undefined };

/** Takes the language for all that is said from now on. */
export function speak(language: DisplayLanguage): void {
  spoken = language;
}

/** The language that the page's document was given: see `pageHtml`. */
export function languageOfDocument(): DisplayLanguage {
  const { lang, dataset } = document.documentElement;
  const texts = dataset['texts'];
  return {
    language: lang,
    texts: texts === undefined ? undefined : (JSON.parse(texts) as DisplayLanguage['texts']),
  };
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
