/** ONNX Runtime Web, as npm has it and its mirror serves it: the browser refuses other bytes than these. */
export const onnxRuntimeWeb = {
  version: '1.30.0',
  program: {
    file: 'ort.wasm.bundle.min.mjs',
    integrity: 'sha384-PLWz+nHEVHpjwBsO0YVdvQj6n5814Iv8E3b8FG0Rp/uIAtjFMCKOpP66iPzedrIG',
  },
  wasm: {
    file: 'ort-wasm-simd-threaded.wasm',
    integrity: 'sha384-vjBJ1z7qrhkTyYsNqKeF6c7N+nOJSU94czEo+tvZcu8G75JparGq9kB+kTnEUNVM',
  },
} as const;

/** A page that classifies pictures with the ONNX file and the JSON beside it, found by its own address. */
export function onnxBrowserSnippet(model: string): string {
  const { version, program, wasm } = onnxRuntimeWeb;
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Classify with a fine-tuned ${model}</title>
  <!-- Serve this folder (python3 -m http.server) and open the page there: a page opened as a file may fetch nothing. -->
  <p><label>A picture <input type="file" accept="image/*" disabled /></label></p>
  <p><output role="status">Loading the model</output></p>
  <script type="module">
    const stem = location.href.replace(/[?#].*$/, '').replace(/\\.classify\\.html$/, '');
    const [input, output] = [document.querySelector('input'), document.querySelector('output')];
    for (const failure of ['error', 'unhandledrejection'])
      addEventListener(failure, ({ error, reason }) => (output.value = \`That did not work: \${(error ?? reason).message}\`));

    // What runs the model comes from npm's mirror: this version alone, byte for byte, or the browser refuses it.
    const mirror = 'https://cdn.jsdelivr.net/npm/onnxruntime-web@${version}/dist/';
    const bytes = async (file, integrity) => (await fetch(mirror + file, { integrity })).arrayBuffer();
    const [program, wasmBinary] = await Promise.all([
      bytes('${program.file}', '${program.integrity}'),
      bytes('${wasm.file}', '${wasm.integrity}'),
    ]);
    const ort = await import(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })));
    ort.env.wasm.wasmBinary = wasmBinary;

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
