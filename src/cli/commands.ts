import type { Command } from './command';

/** A line of the table: enough to list the command without loading it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'train',
    summary: 'Fine-tune as a recipe says',
    load: async () => (await import('./train')).trainCommand,
  },
  {
    name: 'resume',
    summary: 'Go on with a run that was stopped or interrupted',
    load: async () => (await import('./resume')).resumeCommand,
  },
  {
    name: 'find-lr',
    summary: 'Look for a learning rate by trying a hundred of them',
    load: async () => (await import('./findLr')).findLrCommand,
  },
  {
    name: 'advise',
    summary: 'Try out what to freeze, on some of the pictures',
    load: async () => (await import('./advise')).adviseCommand,
  },
  {
    name: 'layers',
    summary: 'Print the layers of a model, or list the models',
    load: async () => (await import('./layers')).layersCommand,
  },
  {
    name: 'predict',
    summary: 'Classify images with the best weights of a run',
    load: async () => (await import('./predict')).predictCommand,
  },
  {
    name: 'explain',
    summary: 'Show which parts of images speak for their class, by Grad-CAM',
    load: async () => (await import('./explain')).explainCommand,
  },
  {
    name: 'evaluate',
    summary: 'Measure the best weights of a run on its test pictures, or on others',
    load: async () => (await import('./evaluate')).evaluateCommand,
  },
  {
    name: 'report',
    summary: 'Print a run, or several side by side, as Markdown',
    load: async () => (await import('./report')).reportCommand,
  },
  {
    name: 'export',
    summary: 'Write the best weights of a run for use elsewhere: ONNX, PyTorch, TensorFlow',
    load: async () => (await import('./export')).exportCommand,
  },
  {
    name: 'log',
    summary: 'Write runs into a store of MLflow',
    load: async () => (await import('./log')).logCommand,
  },
  {
    name: 'demo',
    summary: 'Fine-tune on photographs of solar cells, everything fetched',
    load: async () => (await import('./demo')).demoCommand,
  },
  {
    name: 'runtime',
    summary: 'Install the TensorFlow engine, or say where it is',
    load: async () => (await import('./runtime')).runtimeCommand,
  },
  {
    name: 'doctor',
    summary: 'Say which engines work here, and what to do about those that do not',
    load: async () => (await import('./doctor')).doctorCommand,
  },
];
