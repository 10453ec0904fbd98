import assert from 'node:assert/strict';
import { heatOverlay, placeOf, resizeHeat, type HeatMap } from '../../../src/core/image/heatMap';
import { heatText } from '../../../src/protocol/heatPlace';

function map(...rows: readonly (readonly number[])[]): HeatMap {
  return { rows: rows.length, columns: rows[0]!.length, values: Float32Array.from(rows.flat()) };
}

describe('a heat map', () => {
  it('is resized between the centres of its values', () => {
    assert.deepEqual([...resizeHeat(map([0, 1]), 1, 4).values], [0, 0.25, 0.75, 1]);
    assert.deepEqual([...resizeHeat(map([0], [1]), 4, 1).values], [0, 0.25, 0.75, 1]);
    assert.deepEqual([...resizeHeat(map([0.5]), 2, 2).values], [0.5, 0.5, 0.5, 0.5]);
  });

  it('lies in the ninth of the picture that has most of it', () => {
    assert.equal(placeOf(map([1, 0, 0], [0, 0, 0], [0, 0, 0])), 'upper left');
    assert.equal(placeOf(map([0, 0, 0], [0, 1, 0], [0, 0, 0])), 'centre');
    assert.equal(placeOf(map([0, 0, 0], [0, 0, 1], [0, 0, 0.5])), 'right');
    assert.equal(placeOf(map([0, 0], [0, 1])), 'lower right');
  });

  it('lies everywhere where it is spread, and nowhere where there is none', () => {
    assert.equal(placeOf(map([0.9, 1], [1, 0.9])), 'everywhere');
    assert.equal(placeOf(map([1])), 'everywhere');
    assert.equal(placeOf(map([0, 0], [0, 0])), 'nowhere');
  });

  it('lightens what is hot and darkens what is cold, at the place of the map', () => {
    const grey = new Uint8Array(2 * 2 * 3).fill(100);
    const mixed = heatOverlay(grey, 2, map([0, 1], [0, 0]));
    const light = [0, 1, 2, 3].map(
      pixel => mixed[pixel * 3]! + mixed[pixel * 3 + 1]! + mixed[pixel * 3 + 2]!,
    );
    assert.ok(light[1]! > 300, `hot: ${light[1]}`);
    for (const pixel of [0, 2, 3]) assert.ok(light[pixel]! < 150, `cold: ${light[pixel]}`);
    assert.deepEqual([...mixed.subarray(0, 3)], [45, 45, 47]);
  });

  it('is told in a sentence', () => {
    assert.equal(heatText('upper left', 'bees'), 'The upper left of the picture spoke most for bees.');
    assert.equal(heatText('nowhere', 'bees'), 'No part of the picture spoke for bees.');
    assert.match(heatText('everywhere', 'bees'), /^The whole picture spoke for bees/);
  });
});
