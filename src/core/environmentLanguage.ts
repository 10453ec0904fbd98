import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DisplayLanguage } from '../protocol/language';

/** Where a terminal says its language, the first that is set: `THAW_LANG` is for Thaw alone, the others as POSIX has them. */
const VARIABLES = ['THAW_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The language that an environment asks for, as `zh-cn` or `zh_CN.UTF-8`, for a process that has no editor to ask.
 * `folder`: with the editor's bundles, `l10n`. A language without one, or with a damaged one, is English.
 */
export function environmentLanguage(environment: NodeJS.ProcessEnv, folder: string): DisplayLanguage {
  const asked = VARIABLES.map(name => environment[name]).find(value => value);
  const language = /^[a-z]{2,3}([_-][a-z]{2,4})?(?=$|[.@])/i.exec(asked ?? '')?.[0];
  if (language === undefined) return { language: 'en', texts: undefined };
  const code = language.toLowerCase().replace('_', '-');
  return { language: code, texts: textsOf(join(folder, `bundle.l10n.${code}.json`)) };
}

function textsOf(file: string): DisplayLanguage['texts'] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DisplayLanguage['texts'];
  } catch {
    return undefined;
  }
}
