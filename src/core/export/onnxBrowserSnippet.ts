/** A page that classifies pictures with the ONNX file and the JSON beside it, found by its own address. */
export function onnxBrowserSnippet(model: string): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Classify with a fine-tuned ${model}</title>
  <!-- Serve this folder (python3 -m http.server) and open the page there: a page opened as a file may fetch nothing. -->
  <p><label>A picture <input type="file" accept="image/*" disabled /></label></p>
  <p><output role="status">Loading the model</output></p>
  <script type="module">
    import * as ort from 'https://cdn.jsdelivr.net/npm/onnxruntime-web@1/dist/ort.min.mjs';

    const stem = location.href.replace(/[?#].*$/, '').replace(/\\.classify\\.html$/, '');
    const [input, output] = [document.querySelector('input'), document.querySelector('output')];
    const { classes, preprocessing } = await (await fetch(\`\${stem}.json\`)).json();
    const session = await ort.InferenceSession.create(\`\${stem}.onnx\`);
    input.disabled = false;
    output.value = '';

    /** The centre of the resized picture, [1, 3, crop, crop] in 0..1; the model itself normalizes. */
    async function prepare(file) {
      const { resize, crop } = preprocessing;
      const picture = await createImageBitmap(file, { imageOrientation: 'none' });
      const scale = resize / Math.min(picture.width, picture.height);
      const [width, height] = [Math.trunc(picture.width * scale), Math.trunc(picture.height * scale)];
      const context = new OffscreenCanvas(crop, crop).getContext('2d');
      // A browser's smoothing differs a little from what the model was trained with.
      context.imageSmoothingQuality = 'high';
      context.drawImage(picture, Math.round((crop - width) / 2), Math.round((crop - height) / 2), width, height);
      const { data } = context.getImageData(0, 0, crop, crop);
      const image = new Float32Array(3 * crop * crop);
      for (let i = 0; i < crop * crop; i++)
        for (let channel = 0; channel < 3; channel++) image[channel * crop * crop + i] = data[4 * i + channel] / 255;
      return new ort.Tensor('float32', image, [1, 3, crop, crop]);
    }

    input.onchange = async () => {
      const { probabilities } = await session.run({ image: await prepare(input.files[0]) });
      const best = probabilities.data.indexOf(Math.max(...probabilities.data));
      output.value = \`\${classes[best]} \${(100 * probabilities.data[best]).toFixed(1)} %\`;
    };
  </script>
</html>
`;
}
