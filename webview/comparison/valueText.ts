import { t } from '../../src/protocol/language';
const LONGEST = 32;

/**
 * The JSON of a recipe's field, short enough for a cell: texts without quotes, of long lists how many there are; `–` for a
 * field that is not there.
 */
export function valueText(json: string | null): string {
  if (json === null) return '–';
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return listText(value);
  return shortened(typeof value === 'string' ? value : json);
}

function listText(values: readonly unknown[]): string {
  if (values.length === 0) return t('none');
  const all = values.map(value => (typeof value === 'string' ? value : JSON.stringify(value)));
  const text = all.join(', ');
  if (text.length <= LONGEST) return text;
  return `${shortened(all[0]!, LONGEST / 2)} … ${shortened(all.at(-1)!, LONGEST / 2)} (${all.length})`;
}

/** The end of a path tells more than its beginning. */
function shortened(text: string, longest = LONGEST): string {
  return text.length <= longest ? text : `…${text.slice(1 - longest)}`;
}
