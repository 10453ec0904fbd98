import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const schemaFile = fileURLToPath(new URL('../media/recipe.schema.json', import.meta.url));
const document = fileURLToPath(new URL('../docs/recipe.md', import.meta.url));

/** Fields that nobody writes by hand. */
const UNWRITTEN = new Set(['$schema', 'resolved']);

const INTRODUCTION = `# Recipes

A recipe, \`NAME.thaw.json\`, is JSON that may have comments and trailing commas. \`data\` and \`model\` have to be there;
everything else may be left out. Paths are relative to the recipe. In the editor each field explains itself:
complete with Ctrl-Space, hover to read what stands here.

This page is made from the schema by \`npm run docs\`.
`;

/** `docs/recipe.md`: every field of a recipe with what its schema says of it. */
export async function recipeReference() {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const fields = Object.entries(schema.properties).filter(([name]) => !UNWRITTEN.has(name));
  const sections = [[undefined, fields], ...fields.flatMap(([name, field]) => sectionsOf(name, field))];
  const text = [INTRODUCTION, ...sections.map(([heading, rows]) => section(heading, rows))].join('\n');
  return format(text, { ...(await resolveConfig(document)), parser: 'markdown', proseWrap: 'always' });
}

/** An object has a section of its own, and so have the objects in it. */
function sectionsOf(path, field) {
  const { properties } = field.items ?? field;
  if (properties === undefined) return [];
  const prefix = field.items ? `${path}[]` : path;
  const within = Object.entries(properties).map(([name, inner]) => [`${prefix}.${name}`, inner]);
  return [[path, within], ...within.flatMap(([name, inner]) => sectionsOf(name, inner))];
}

function section(heading, rows) {
  const title = heading === undefined ? '' : `## ${heading}\n\n`;
  return `${title}${rows.map(([path, field]) => entry(path, field)).join('\n')}\n`;
}

function entry(path, { description, default: usual, enum: values, enumDescriptions }) {
  const meaning = description.replace(/Example: (.+)\.$/, 'Example: `$1`.');
  const leftOut = usual === undefined ? '' : ` Left out: ${code(usual)}.`;
  const choices = (enumDescriptions ?? []).map((text, index) => `\n  - ${code(values[index])}: ${text}`);
  return `- **${path}**: ${meaning}${leftOut}${choices.join('')}`;
}

function code(value) {
  return `\`${JSON.stringify(value)}\``;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  void recipeReference().then(text => writeFileSync(document, text));
