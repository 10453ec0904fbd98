import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipeReference } from '../../../.config/recipeReference.mjs';

describe('docs/recipe.md', () => {
  it('is what the schema says; npm run docs makes it anew', async () => {
    const document = join(__dirname, '..', '..', '..', 'docs', 'recipe.md');
    assert.equal(readFileSync(document, 'utf8'), await recipeReference());
  });
});
