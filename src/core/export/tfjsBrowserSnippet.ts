import { browserCentre, classifyingPage } from './snippetParts';

/** TensorFlow.js, as npm has it and its mirror serves it: the browser refuses other bytes than these. */
export const tensorflowJs = {
  version: '4.22.0',
  file: 'tf.min.js',
  integrity: 'sha384-vE8hbVJ4lezako5rlvE7bY0BVzWlFhZncPlckrqNwcUQpVtgbENTgZ8TBbnPjZre',
} as const;

/** A page that classifies pictures with the graph model in whose folder it is. */
export function tfjsBrowserSnippet(model: string): string {
  const { version, file, integrity } = tensorflowJs;
  const script = `    // What runs the model comes from npm's mirror: this version alone, byte for byte, or the browser refuses it.
    const script = Object.assign(document.createElement('script'), {
      src: 'https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@${version}/dist/${file}',
      integrity: '${integrity}',
      crossOrigin: 'anonymous',
    });
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error(\`\${script.src} could not be had, or is not what was published\`));
      document.head.append(script);
    });

    const graph = await tf.loadGraphModel(new URL('model.json', location.href).href);
    const { classes, preprocessing } = graph.metadata;
    input.disabled = false;
    output.value = '';

${browserCentre}

    input.onchange = async () => {
      const { crop } = preprocessing;
      const pixels = await centreOf(input.files[0]);
      // Without the fourth channel, in 0..1; the model itself normalizes.
      const image = tf.tensor(Float32Array.from(pixels, value => value / 255), [1, crop, crop, 4]);
      const rgb = image.slice([0, 0, 0, 0], [1, crop, crop, 3]);
      const result = graph.execute({ image: rgb }, 'probabilities');
      const probabilities = await result.data();
      tf.dispose([image, rgb, result]);
      const best = probabilities.indexOf(Math.max(...probabilities));
      output.value = \`\${classes[best]} \${(100 * probabilities[best]).toFixed(1)} %\`;
    };`;
  return classifyingPage(model, script);
}
