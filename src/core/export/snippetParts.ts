/*
 * What the programs for one kind of runtime have in common, whatever opens the model. Each begins in the first column,
 * with `preprocessing` in scope.
 */

/** Python: `centre_of(picture)`, a Pillow image. */
export const pythonCentre = `def centre_of(picture):
    """The centre of the resized picture."""
    image = Image.open(picture).convert("RGB")
    short, crop = preprocessing["resize"], preprocessing["crop"]
    width, height = image.size
    size = (short, short * height // width) if width <= height else (short * width // height, short)
    left, top = round((size[0] - crop) / 2), round((size[1] - crop) / 2)
    kernel = Image.Resampling[preprocessing["interpolation"].upper()]
    return image.resize(size, kernel).crop((left, top, left + crop, top + crop))`;

/** Node: `centreOf(picture)`, bytes [crop, crop, 3]. */
export const nodeCentre = `/** The centre of the resized picture, [crop, crop, 3] in 0..255. */
async function centreOf(picture) {
  const { resize: short, crop, interpolation } = preprocessing;
  const { width, height } = await sharp(picture).metadata();
  const size =
    width <= height
      ? { width: short, height: Math.trunc((short * height) / width) }
      : { width: Math.trunc((short * width) / height), height: short };
  const left = Math.round((size.width - crop) / 2);
  const top = Math.round((size.height - crop) / 2);
  const kernel = interpolation === 'bicubic' ? 'cubic' : 'linear';
  return sharp(picture, { ignoreIcc: true })
    .resize({ ...size, fit: 'fill', kernel, fastShrinkOnLoad: false })
    .extract({ left, top, width: crop, height: crop })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
}`;

/** Browsers, indented for a script within a page: `centreOf(file)`, bytes [crop, crop, 4]. */
export const browserCentre = `    /** The centre of the resized picture, [crop, crop, 4] in 0..255. */
    async function centreOf(file) {
      const { resize, crop } = preprocessing;
      const picture = await createImageBitmap(file, { imageOrientation: 'none' });
      const scale = resize / Math.min(picture.width, picture.height);
      const [width, height] = [Math.trunc(picture.width * scale), Math.trunc(picture.height * scale)];
      const context = new OffscreenCanvas(crop, crop).getContext('2d');
      // A browser's smoothing differs a little from what the model was trained with.
      context.imageSmoothingQuality = 'high';
      context.drawImage(picture, Math.round((crop - width) / 2), Math.round((crop - height) / 2), width, height);
      return context.getImageData(0, 0, crop, crop).data;
    }`;

/** A page with an input for pictures and an output for what is said of them; `script` is what it runs. */
export function classifyingPage(model: string, script: string): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Classify with a fine-tuned ${model}</title>
  <!-- Serve this folder (python3 -m http.server) and open the page there: a page opened as a file may fetch nothing. -->
  <p><label>A picture <input type="file" accept="image/*" disabled /></label></p>
  <p><output role="status">Loading the model</output></p>
  <script type="module">
    const [input, output] = [document.querySelector('input'), document.querySelector('output')];
    for (const failure of ['error', 'unhandledrejection'])
      addEventListener(failure, ({ error, reason }) => (output.value = \`That did not work: \${(error ?? reason).message}\`));

${script}
  </script>
</html>
`;
}
