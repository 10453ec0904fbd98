import type { Preprocessing } from '../image/preprocessing';
import type { TrainedWeights } from '../training/trainedWeights';

/** What an exported model says of itself, beside its weights. */
export interface ExportDetails {
  /** The architecture, by torchvision's name. */
  readonly model: string;
  /** In the order of the outputs. */
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Of the best epoch, from 0, and its test accuracy; undefined where the weights do not say. */
  readonly epoch: number | undefined;
  readonly accuracy: number | undefined;
}

export function exportDetails({ model, settings, metadata }: TrainedWeights): ExportDetails {
  const { classes, preprocessing } = settings.resolved;
  return {
    model: model.name,
    classes,
    preprocessing,
    epoch: numberIn(metadata['epoch']),
    accuracy: numberIn(metadata['accuracy']),
  };
}

/** As texts by name, for the formats that keep such: what is not a text is JSON. */
export function detailTexts(details: ExportDetails): Readonly<Record<string, string>> {
  const texts = Object.entries(details).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)] as const],
  );
  return Object.fromEntries(texts);
}

/** As a file of their own, for programs that cannot read them in the model's. */
export function detailsJson(details: ExportDetails): string {
  return `${JSON.stringify(details, undefined, 2)}\n`;
}

function numberIn(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || NaN);
  return Number.isFinite(value) ? value : undefined;
}
