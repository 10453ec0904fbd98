const TEXTS = ['title', 'description', 'label'];

/** A JSON schema with what the editor shows of it given through `translate`; names, examples and snippets stay. */
export function withTexts(schema, translate) {
  if (Array.isArray(schema)) return schema.map(part => withTexts(part, translate));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (TEXTS.includes(key) && typeof value === 'string') return [key, translate(value)];
      if (key === 'enumDescriptions') return [key, value.map(translate)];
      if (key === 'examples' || key === 'body') return [key, value];
      return [key, withTexts(value, translate)];
    }),
  );
}
