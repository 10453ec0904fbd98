import { browserCentre, classifyingPage } from './snippetParts';

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
  const script = `    const stem = location.href.replace(/[?#].*$/, '').replace(/\\.classify\\.html$/, '');

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

${browserCentre}

    /** [1, 3, crop, crop] in 0..1; the model itself normalizes. */
    async function prepare(file) {
      const data = await centreOf(file);
      const { crop } = preprocessing;
      const image = new Float32Array(3 * crop * crop);
      for (let i = 0; i < crop * crop; i++)
        for (let channel = 0; channel < 3; channel++) image[channel * crop * crop + i] = data[4 * i + channel] / 255;
      return new ort.Tensor('float32', image, [1, 3, crop, crop]);
    }

    input.onchange = async () => {
      const { probabilities } = await session.run({ image: await prepare(input.files[0]) });
      const best = probabilities.data.indexOf(Math.max(...probabilities.data));
      output.value = \`\${classes[best]} \${(100 * probabilities.data[best]).toFixed(1)} %\`;
    };`;
  return classifyingPage(model, script);
}
