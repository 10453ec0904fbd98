import { nodeCentre } from './snippetParts';

/** A program for Node that classifies pictures with the ONNX file and the JSON beside it, found by its own name. */
export function onnxNodeSnippet(model: string): string {
  return `// Classifies pictures with the fine-tuned ${model} beside this file.
//
//     npm install onnxruntime-node sharp
//     node THIS_FILE picture.jpg ...

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';
import sharp from 'sharp';

const stem = fileURLToPath(import.meta.url).replace(/\\.classify\\.mjs$/, '');
const { classes, preprocessing } = createRequire(import.meta.url)(\`\${stem}.json\`);
const session = await ort.InferenceSession.create(\`\${stem}.onnx\`);

${nodeCentre}

/** [1, 3, crop, crop] in 0..1; the model itself normalizes. */
async function prepare(picture) {
  const pixels = await centreOf(picture);
  const { crop } = preprocessing;
  const image = new Float32Array(3 * crop * crop);
  for (let i = 0; i < crop * crop; i++)
    for (let channel = 0; channel < 3; channel++) image[channel * crop * crop + i] = pixels[3 * i + channel] / 255;
  return new ort.Tensor('float32', image, [1, 3, crop, crop]);
}

for (const picture of process.argv.slice(2)) {
  const { probabilities } = await session.run({ image: await prepare(picture) });
  const best = probabilities.data.indexOf(Math.max(...probabilities.data));
  console.log(\`\${picture}: \${classes[best]} \${(100 * probabilities.data[best]).toFixed(1)} %\`);
}
`;
}
