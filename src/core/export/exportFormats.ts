import { basename, dirname, join } from 'node:path';
import type { ExportFormat } from '../../protocol/taskMessages';

export interface FormatDescription {
  /** Of the file, without its dot. */
  readonly extension: string;
  readonly title: string;
  /** What it is for, in a line. */
  readonly purpose: string;
  /** Files beside it, as what follows its name without extension. */
  readonly companions: readonly string[];
}

const PYTHON = '.classify.py';

/** Every format, the most general first. */
export const exportFormats: Readonly<Record<ExportFormat, FormatDescription>> = {
  onnx: {
    extension: 'onnx',
    title: 'ONNX',
    purpose: 'ONNX Runtime in Python, Node, C++, C#, Java, on phones and in browsers',
    companions: ['.json', PYTHON, '.classify.mjs', '.classify.html'],
  },
  safetensors: {
    extension: 'safetensors',
    title: 'safetensors',
    purpose: 'PyTorch with torchvision, or fine-tuning further; classes inside',
    companions: [PYTHON],
  },
  pth: {
    extension: 'pth',
    title: 'PyTorch .pth',
    purpose: 'torch.load(weights_only=True) and torchvision; classes in a file beside it',
    companions: ['.json', PYTHON],
  },
};

export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormat[];

/** The format that a file's name asks for; undefined where its extension is none of theirs. */
export function formatOfFile(file: string): ExportFormat | undefined {
  return exportFormatNames.find(name => file.toLowerCase().endsWith(`.${exportFormats[name].extension}`));
}

/** All files that an export to `file` writes, that one first. */
export function filesOfExport(file: string, format: ExportFormat): readonly string[] {
  const { extension, companions } = exportFormats[format];
  const stem = basename(file).slice(0, -extension.length - 1);
  return [file, ...companions.map(ending => join(dirname(file), `${stem}${ending}`))];
}
