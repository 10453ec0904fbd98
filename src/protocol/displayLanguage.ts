/** The display language of the editor, and the texts of pages in it by their English; without texts they are English. */
export interface DisplayLanguage {
  /** As BCP 47 has it, in small letters: `zh-cn`. */
  readonly language: string;
  readonly texts: Readonly<Record<string, string>> | undefined;
}
