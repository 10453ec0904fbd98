export function withTexts(schema: unknown, translate: (text: string) => string): unknown;
