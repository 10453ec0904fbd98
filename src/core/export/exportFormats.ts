import { basename, dirname, join } from 'node:path';
import { t } from '../../protocol/language';
import type { ExportFormat } from '../../protocol/taskMessages';

export interface FormatDescription {
  /** Of the file or folder, without its dot. */
  readonly extension: string;
  readonly title: string;
  /** What it is for, in a line. */
  readonly purpose: string;
  /** The file by which a folder of this format is known; undefined where the format is one file. */
  readonly mainFile?: string;
  /** Files beside it, as what follows its name without extension; files in a folder, by name. */
  readonly companions: readonly string[];
}

const PYTHON = '.classify.py';

/** Every format, the most general first. */
export const exportFormats: Readonly<Record<ExportFormat, FormatDescription>> = {
  onnx: {
    extension: 'onnx',
    title: 'ONNX',
    get purpose() {
      return t('ONNX Runtime in Python, Node, C++, C#, Java, on phones and in browsers');
    },
    companions: ['.json', PYTHON, '.classify.mjs', '.classify.html'],
  },
  safetensors: {
    extension: 'safetensors',
    title: 'safetensors',
    get purpose() {
      return t('PyTorch with torchvision, or fine-tuning further; classes inside');
    },
    companions: [PYTHON],
  },
  pth: {
    extension: 'pth',
    title: 'PyTorch .pth',
    get purpose() {
      return t('torch.load(weights_only=True) and torchvision; classes in a file beside it');
    },
    companions: ['.json', PYTHON],
  },
  tfjs: {
    extension: 'tfjs',
    title: 'TensorFlow.js',
    get purpose() {
      return t('loadGraphModel in browsers and Node; a folder, classes in its model.json');
    },
    mainFile: 'model.json',
    companions: ['classify.mjs', 'classify.html'],
  },
  savedmodel: {
    extension: 'savedmodel',
    get title() {
      return t('TensorFlow SavedModel');
    },
    get purpose() {
      return t('TensorFlow in Python, TensorFlow Serving, C, Java; a folder, classes in assets.extra');
    },
    mainFile: 'saved_model.pb',
    companions: ['classify.py'],
  },
};

export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormat[];

/** The format that a file's name asks for; undefined where its extension is none of theirs. */
export function formatOfFile(file: string): ExportFormat | undefined {
  return exportFormatNames.find(name => file.toLowerCase().endsWith(`.${exportFormats[name].extension}`));
}

/** Whether a file or folder may be called so: a folder may have any name but that of another format. */
export function suitsFormat(file: string, format: ExportFormat): boolean {
  const named = formatOfFile(file);
  return named === format || (named === undefined && exportFormats[format].mainFile !== undefined);
}

/** What an export to `file` puts into its folder, that one first. */
export function placesOfExport(file: string, format: ExportFormat): readonly string[] {
  return exportFormats[format].mainFile === undefined ? filesOfExport(file, format) : [file];
}

/** What an export to `file` writes, that one first; of a folder of files the companions among them. */
export function filesOfExport(file: string, format: ExportFormat): readonly string[] {
  const { extension, companions, mainFile } = exportFormats[format];
  if (mainFile !== undefined) return [file, ...companions.map(name => join(file, name))];
  const stem = basename(file).slice(0, -extension.length - 1);
  return [file, ...companions.map(ending => join(dirname(file), `${stem}${ending}`))];
}
