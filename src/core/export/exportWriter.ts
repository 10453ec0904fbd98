import type { TrainedModel } from '../training/trainedModel';
import type { TrainedWeights } from '../training/trainedWeights';
import type { ExportDetails } from './exportDetails';

/** Writes a format, and reads it back to be judged. */
export interface ExportWriter {
  /** `file`: where the format is a folder, the folder, which is not there yet. */
  write(file: string, trained: TrainedWeights, details: ExportDetails): Promise<void>;
  /** The model that is in the file now, ready to classify. Throws where it is not what was written. */
  open(file: string, trained: TrainedWeights): Promise<TrainedModel>;
  /** The text of a companion, by its ending, or in a folder its name. */
  companion(ending: string, details: ExportDetails): string;
}
