import { nodeCentre } from './snippetParts';

/** A program for Node that classifies pictures with the graph model of TensorFlow.js in whose folder it is. */
export function tfjsNodeSnippet(model: string): string {
  return `// Classifies pictures with the fine-tuned ${model} in this folder.
//
//     npm install @tensorflow/tfjs-core @tensorflow/tfjs-converter @tensorflow/tfjs-backend-wasm sharp
//     node THIS_FILE picture.jpg ...

import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-wasm';
import sharp from 'sharp';

const read = name => readFileSync(new URL(name, import.meta.url));
const { modelTopology, signature, userDefinedMetadata, weightsManifest } = JSON.parse(read('model.json'));
const { classes, preprocessing } = userDefinedMetadata;
const weights = Buffer.concat(weightsManifest.flatMap(({ paths }) => paths).map(read));
await tf.setBackend('wasm');
const graph = await loadGraphModel({
  load: async () => ({
    modelTopology,
    signature,
    weightSpecs: weightsManifest.flatMap(group => group.weights),
    weightData: new Uint8Array(weights).buffer,
  }),
});

${nodeCentre}

for (const picture of process.argv.slice(2)) {
  const { crop } = preprocessing;
  // In 0..1; the model itself normalizes.
  const pixels = Float32Array.from(await centreOf(picture), value => value / 255);
  const image = tf.tensor(pixels, [1, crop, crop, 3]);
  const output = graph.execute({ image }, 'probabilities');
  const probabilities = await output.data();
  tf.dispose([image, output]);
  const best = probabilities.indexOf(Math.max(...probabilities));
  console.log(\`\${picture}: \${classes[best]} \${(100 * probabilities[best]).toFixed(1)} %\`);
}
`;
}
