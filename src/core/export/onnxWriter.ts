import { openEngineFor } from '../engine/chooseEngine';
import { OnnxNetwork } from '../engine/onnxNetwork';
import { buildGraph } from '../model/graph';
import { readOnnx, writeOnnx } from '../onnx/onnxFile';
import { ONNX_OPSET, onnxGraph } from '../onnx/onnxGraph';
import { TrainedModel } from '../training/trainedModel';
import { detailsJson, detailTexts } from './exportDetails';
import type { ExportWriter } from './exportWriter';
import { onnxBrowserSnippet } from './onnxBrowserSnippet';
import { onnxNodeSnippet } from './onnxNodeSnippet';
import { onnxPythonSnippet } from './onnxPythonSnippet';

/** ONNX, judged by running the file's own graph on the engine. */
export const onnxWriter: ExportWriter = {
  async write(file, { model, tensors }, details) {
    const { classes, preprocessing } = details;
    const graph = onnxGraph({
      ...{ name: model.name, graph: buildGraph(model.root) },
      ...{ tensors, preprocessing, classes: classes.length },
    });
    await writeOnnx(file, { graph, opset: ONNX_OPSET, producer: 'thaw', metadata: detailTexts(details) });
  },
  async open(file, { settings }) {
    const { ops } = await openEngineFor(settings.recipe);
    return new TrainedModel(settings, new OnnxNetwork(await readOnnx(file), ops));
  },
  companion(ending, details) {
    switch (ending) {
      case '.json':
        return detailsJson(details);
      case '.classify.py':
        return onnxPythonSnippet(details.model);
      case '.classify.mjs':
        return onnxNodeSnippet(details.model);
      default:
        return onnxBrowserSnippet(details.model);
    }
  },
};
