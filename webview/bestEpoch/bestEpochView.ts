import { numberText, t, dateText } from '../../src/protocol/language';
import type {
  BestEpochHost,
  BestEpochPage,
  BestEpochProblem,
  BestEpochReport,
  CorrectedLabels,
} from '../../src/protocol/pageMessages';
import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { percent } from '../../src/protocol/numberText';
import { button, element } from '../elements';
import type { Host } from '../host';
import { countedPictures, intervalText, lossText } from '../numbers';
import { calibrationContent } from './calibrationContent';
import { classTable } from './classTable';
import { confusionMatrix } from '../report/confusionMatrix';
import { MatrixGrid, type Cell } from '../report/matrixGrid';
import { Gallery } from './gallery';
import { layersContent } from './layersContent';
import { PictureTrial } from './pictureTrial';

/** With more classes the pictures do not fit beside the matrix. */
const MANY_CLASSES = 10;

/** What the page keeps while it is hidden; the folder brings the panel back after a reload. */
export interface BestEpochState {
  readonly folder: string;
  readonly cell: Cell | undefined;
}

/** The page: the numbers of the best epoch, its confusion matrix and classes beside the pictures, its layers. */
export class BestEpochView {
  readonly element = element('main', { class: 'page best-epoch' });
  private cell: Cell | undefined;
  private gallery: Gallery | undefined;
  private readonly trial: PictureTrial;

  constructor(private readonly host: Host<BestEpochPage, BestEpochHost, BestEpochState>) {
    this.cell = host.kept?.cell;
    this.trial = new PictureTrial(picture => host.channel.request('tryPicture', picture));
    this.trial.takeFrom(document);
  }

  /** Asks for what there is to show. */
  async fill(): Promise<void> {
    try {
      this.show(await this.host.channel.request('hydrate'));
    } catch (error) {
      this.element.replaceChildren(this.problem(String((error as Error).message)));
    }
  }

  show(content: BestEpochReport | BestEpochProblem): void {
    this.keep(content.folder);
    if ('problem' in content) this.element.replaceChildren(this.problem(content.problem));
    else this.showReport(content);
  }

  /** The file of corrections has changed. */
  correctLabels(labels: CorrectedLabels): void {
    this.gallery?.correctLabels(labels);
  }

  private showReport(report: BestEpochReport): void {
    const { channel } = this.host;
    const names = report.metrics.classes.map(({ name }) => name);
    const isThere = this.cell && this.cell.label < names.length && this.cell.predicted < names.length;
    if (!isThere) this.cell = undefined;
    const wasReviewing = this.gallery?.isReviewing ?? false;
    const gallery = new Gallery(names, report.labels, {
      find: query => channel.request('pictures', query),
      explain: indices => channel.request('explain', indices),
      open: index => channel.request('openPicture', index),
      correct: correction => channel.request('correct', correction),
      undoCorrection: () => channel.request('undoCorrection'),
      onShowMistakes: () => choose(undefined),
    });
    gallery.isReviewing = wasReviewing;
    this.gallery = gallery;
    const choose = (cell: Cell | undefined): void => {
      this.cell = cell;
      this.keep(report.folder);
      matrix.select(cell);
      void gallery.show(cell);
    };
    const matrix = new MatrixGrid(confusionMatrix(report.metrics, 50), { onChoose: choose, mostClasses: 60 });
    this.element.replaceChildren(
      this.header(report),
      numbers(report),
      element(
        'div',
        { class: `columns${names.length > MANY_CLASSES ? ' many' : ''}` },
        section('matrix', t('Confusion matrix'), matrix.element),
        section('classes', t('Classes'), classTable(report.metrics)),
        section('trial', t('Try a picture'), this.trial.element),
        section('calibration', t('Calibration'), ...calibrationContent(report.calibration)),
        section('layers', t('Frozen layers'), ...layersContent(report)),
        gallery.element,
      ),
    );
    matrix.select(this.cell);
    if (this.cell) void gallery.show(this.cell);
    else gallery.fill(report.mistakes);
  }

  private header(report: BestEpochReport): HTMLElement {
    const { channel } = this.host;
    return element(
      'header',
      {},
      element(
        'div',
        { class: 'heading' },
        element('h1', {}, report.name),
        element('p', { class: 'status' }, factsOf(report).join(' · ')),
      ),
      element(
        'div',
        { class: 'toolbar', role: 'group', 'aria-label': t('Run') },
        button(t('Recipe'), () => channel.notify('openRecipe'), {
          describe: t('Open the recipe of this run'),
        }),
        button(t('Plots'), () => channel.notify('showPlots'), { describe: t('Show the plots of this run') }),
        button(t('Export'), () => channel.notify('exportRun'), {
          describe: t('Export the best weights for use elsewhere'),
        }),
        button(t('Folder'), () => channel.notify('revealFolder'), { describe: t('Reveal the run folder') }),
      ),
    );
  }

  private problem(text: string): HTMLElement {
    return element(
      'section',
      { class: 'invitation', role: 'alert' },
      element('h1', {}, t('Nothing to show')),
      element('p', {}, text),
      element(
        'p',
        { class: 'buttons' },
        button(t('Reveal Run Folder'), () => this.host.channel.notify('revealFolder')),
        button(t('Show Plots'), () => this.host.channel.notify('showPlots')),
      ),
    );
  }

  private keep(folder: string): void {
    this.host.keep({ folder, cell: this.cell });
  }
}

function factsOf({ epoch, epochs, model, started, engine, corrected }: BestEpochReport): readonly string[] {
  const when = started === undefined ? '' : t('began {0}', dateText(started));
  const which = epoch === undefined ? t('The best epoch') : t('Epoch {0}, the best of {1}', epoch, epochs);
  return [which, model, when, engine, corrected].filter(fact => fact !== '');
}

function numbers({ metrics, loss }: BestEpochReport): HTMLElement {
  const { accuracy, macroF1, balancedAccuracy, samples, matrix } = metrics;
  const right = matrix.reduce((sum, row, index) => sum + row[index]!, 0);
  const entries: readonly (readonly [string, string])[] = [
    [t('Accuracy'), percent(accuracy, 2)],
    [t('95% interval'), intervalText(wilsonInterval(accuracy, samples))],
    [t('Balanced accuracy'), percent(balancedAccuracy, 2)],
    [t('Macro-F1'), macroF1.toFixed(4)],
    [t('Test loss'), lossText(loss)],
    [t('Mistakes'), t('{0} of {1}', numberText(samples - right), countedPictures(samples))],
  ];
  return element(
    'dl',
    { class: 'numbers' },
    ...entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

function section(id: string, title: string, ...content: readonly Node[]): HTMLElement {
  const heading = element('h2', { id }, title);
  return element('section', { class: `${id}-of`, 'aria-labelledby': id }, heading, ...content);
}
