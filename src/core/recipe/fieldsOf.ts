/** Every field of a recipe, objects looked into: its path and its JSON. */
export function* fieldsOf(value: object, above = ''): Generator<[path: string, json: string]> {
  for (const [key, inner] of Object.entries(value)) {
    const path = above === '' ? key : `${above}.${key}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) yield* fieldsOf(inner, path);
    else if (inner !== undefined) yield [path, JSON.stringify(inner)];
  }
}
