import { t } from '../protocol/language';
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
    get summary() {
      return t('Fine-tune as a recipe says');
    },
    load: async () => (await import('./train')).trainCommand,
  },
  {
    name: 'resume',
    get summary() {
      return t('Go on with a run that was stopped or interrupted');
    },
    load: async () => (await import('./resume')).resumeCommand,
  },
  {
    name: 'find-lr',
    get summary() {
      return t('Look for a learning rate by trying a hundred of them');
    },
    load: async () => (await import('./findLr')).findLrCommand,
  },
  {
    name: 'advise',
    get summary() {
      return t('Try out what to freeze, on some of the pictures');
    },
    load: async () => (await import('./advise')).adviseCommand,
  },
  {
    name: 'layers',
    get summary() {
      return t('Print the layers of a model, or list the models');
    },
    load: async () => (await import('./layers')).layersCommand,
  },
  {
    name: 'predict',
    get summary() {
      return t('Classify images with the best weights of a run');
    },
    load: async () => (await import('./predict')).predictCommand,
  },
  {
    name: 'explain',
    get summary() {
      return t('Show which parts of images speak for their class, by Grad-CAM');
    },
    load: async () => (await import('./explain')).explainCommand,
  },
  {
    name: 'evaluate',
    get summary() {
      return t('Measure the best weights of a run on its test pictures, or on others');
    },
    load: async () => (await import('./evaluate')).evaluateCommand,
  },
  {
    name: 'report',
    get summary() {
      return t('Print a run, or several side by side, as Markdown');
    },
    load: async () => (await import('./report')).reportCommand,
  },
  {
    name: 'export',
    get summary() {
      return t('Write the best weights of a run for use elsewhere: ONNX, PyTorch, TensorFlow');
    },
    load: async () => (await import('./export')).exportCommand,
  },
  {
    name: 'log',
    get summary() {
      return t('Write runs into a store of MLflow');
    },
    load: async () => (await import('./log')).logCommand,
  },
  {
    name: 'demo',
    get summary() {
      return t('Fine-tune on photographs of solar cells, everything fetched');
    },
    load: async () => (await import('./demo')).demoCommand,
  },
  {
    name: 'runtime',
    get summary() {
      return t('Install the TensorFlow engine, or say where it is');
    },
    load: async () => (await import('./runtime')).runtimeCommand,
  },
  {
    name: 'doctor',
    get summary() {
      return t('Say which engines work here, and what to do about those that do not');
    },
    load: async () => (await import('./doctor')).doctorCommand,
  },
];
