import { openEngineFor } from '../engine/chooseEngine';
import { GraphModelNetwork } from '../engine/graphModelNetwork';
import { buildGraph } from '../model/graph';
import type { ServedGraph } from '../tensorflow/graphDef';
import { graphModelOf, readGraphModel, writeGraphModel } from '../tensorflow/graphModel';
import { readSavedModel, writeSavedModel } from '../tensorflow/savedModel';
import { tensorflowGraph } from '../tensorflow/tensorflowGraph';
import { TrainedModel, type Evaluator } from '../training/trainedModel';
import type { TrainedWeights } from '../training/trainedWeights';
import { detailsJson, type ExportDetails } from './exportDetails';
import type { ExportWriter } from './exportWriter';
import { savedModelPythonSnippet } from './savedModelPythonSnippet';
import { tfjsBrowserSnippet } from './tfjsBrowserSnippet';
import { tfjsNodeSnippet } from './tfjsNodeSnippet';

/** A graph model of TensorFlow.js, judged by its own loader on the engine. */
export const tfjsWriter: ExportWriter = {
  write: (folder, trained, details) => writeGraphModel(folder, servedGraph(trained, details), details),
  async open(folder, { settings }) {
    await openEngineFor(settings.recipe);
    return new TrainedModel(settings, new GraphModelNetwork(await readGraphModel(folder)));
  },
  companion: (name, { model }) =>
    name.endsWith('.html') ? tfjsBrowserSnippet(model) : tfjsNodeSnippet(model),
};

/** A SavedModel, judged by TensorFlow where that is the engine, and by TensorFlow.js of what is in the file otherwise. */
export const savedModelWriter: ExportWriter = {
  write: (folder, trained, details) =>
    writeSavedModel(folder, servedGraph(trained, details), { 'details.json': detailsJson(details) }),
  async open(folder, { settings }) {
    const { name } = await openEngineFor(settings.recipe);
    const served = await readSavedModel(folder);
    const network = name === 'tensorflow' ? await inTensorflow(folder, served) : inTensorflowJs(served);
    return new TrainedModel(settings, network);
  },
  companion: (_, { model }) => savedModelPythonSnippet(model),
};

function servedGraph({ model, tensors }: TrainedWeights, details: ExportDetails): ServedGraph {
  const { preprocessing, classes } = details;
  return tensorflowGraph({
    ...{ graph: buildGraph(model.root), tensors, preprocessing },
    classes: classes.length,
  });
}

async function inTensorflow(folder: string, served: ServedGraph): Promise<Evaluator> {
  const { SavedModelNetwork } = await import('../engine/tensorflow/savedModelNetwork');
  return new SavedModelNetwork(folder, served);
}

function inTensorflowJs(served: ServedGraph): Evaluator {
  return new GraphModelNetwork(graphModelOf(served));
}
