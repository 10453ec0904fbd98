import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import { countParameters } from '../../../src/core/model/stateDictShapes';
import { recipeSchema } from '../../../src/core/recipe/recipeSchema';
import { architectureFixture } from '../../parity/fixtures';

describe('Every model', () => {
  it('is in docs/models.md, with its parameters, its size and its weights', async () => {
    const text = await readFile(join(__dirname, '../../../docs/models.md'), 'utf8');
    const rows = text.split('\n').filter(line => line.startsWith('| `'));
    const found = rows.map(row => row.split('|').map(cell => cell.trim()));
    assert.deepEqual(
      found.map(([, name, parameters, size, interpolation, weights, file]) => {
        return [name, parameters, size, interpolation, weights, file];
      }),
      modelNames.map(name => {
        const { root, preprocessing } = findModel(name);
        const { resize, crop, interpolation } = preprocessing;
        const { weights = '', url = 'efficientnet-lite0-57934424.pth' } =
          architectureFixture(name).published ?? {};
        const parameters = countParameters(root).toLocaleString('en');
        const file = url.slice(url.lastIndexOf('/') + 1);
        return [`\`${name}\``, parameters, `${crop} of ${resize}`, interpolation, weights, file];
      }),
    );
  });

  it('is offered where a recipe names one', () => {
    const { examples } = recipeSchema.properties!['model']!;
    assert.deepEqual([...(examples as string[])].sort(), [...modelNames].sort());
  });
});
