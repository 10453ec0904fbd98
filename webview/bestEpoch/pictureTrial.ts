import { heatText } from '../../src/protocol/heatPlace';
import { t } from '../../src/protocol/language';
import { percent } from '../../src/protocol/numberText';
import { MOST_PICTURE_BYTES, type GivenPicture } from '../../src/protocol/pageMessages';
import type { TriedPicture } from '../../src/protocol/taskMessages';
import { button, element, setText } from '../elements';
import { ErrorLine } from '../errorLine';

/** Undefined: the person cancelled. */
export type TryPicture = (picture: GivenPicture) => Promise<TriedPicture | undefined>;

/** Classes that are shown of a picture. */
const SHOWN = 5;

/** A place for a picture that is dropped, pasted or chosen: what the model says of it, and what in it spoke for that. */
export class PictureTrial {
  private readonly chooser = element('input', {
    type: 'file',
    accept: 'image/*',
    hidden: true,
    'aria-label': t('Picture to try'),
  });
  private readonly status = element('p', { class: 'quiet', role: 'status' });
  private readonly error = new ErrorLine();
  private readonly result = element('div', { class: 'tried' });
  readonly element = element(
    'div',
    { class: 'trial' },
    element(
      'div',
      { class: 'row' },
      button(t('Choose Picture'), () => this.chooser.click()),
      element('span', { class: 'quiet' }, t('or drop one here, or paste one')),
      this.chooser,
    ),
    this.status,
    this.error.element,
    this.result,
  );
  private busy = false;

  constructor(private readonly attempt: TryPicture) {
    this.chooser.addEventListener('change', () => {
      void this.take(this.chooser.files);
      this.chooser.value = '';
    });
  }

  /** Takes what is dropped or pasted anywhere in the page. */
  takeFrom(page: Document): void {
    page.addEventListener('dragover', event => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    });
    page.addEventListener('drop', event => {
      event.preventDefault();
      void this.take(event.dataTransfer?.files);
    });
    page.addEventListener('paste', event => void this.take(event.clipboardData?.files));
  }

  private async take(files: FileList | null | undefined): Promise<void> {
    const file = files?.[0];
    if (!file || this.busy) return;
    this.busy = true;
    this.error.clear();
    try {
      if (file.size > MOST_PICTURE_BYTES) {
        throw new Error(
          t('{0} is larger than {1} MB: choose a smaller picture.', file.name, MOST_PICTURE_BYTES / 2 ** 20),
        );
      }
      setText(this.status, t('Classifying {0}', file.name));
      const content = await base64Of(file);
      const tried = await this.attempt({ name: file.name, content });
      setText(this.status, tried ? file.name : t('Cancelled'));
      if (tried) this.show(file.name, tried);
      this.element.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      setText(this.status, '');
      this.error.show(error);
    } finally {
      this.busy = false;
    }
  }

  private show(name: string, { classes, heat }: TriedPicture): void {
    const picture = element('img', { class: 'thumbnail square', alt: t('{0}, heat map', name) });
    picture.src = `data:image/jpeg;base64,${heat.jpeg}`;
    const rows = classes.slice(0, SHOWN).map(({ name, probability }, place) => {
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(probability));
      return element(
        'li',
        { class: place === 0 ? 'first' : undefined },
        element('span', { class: 'name' }, name),
        element('span', { class: 'chance' }, percent(probability)),
        bar,
      );
    });
    this.result.replaceChildren(
      picture,
      element(
        'div',
        {},
        element('ol', { class: 'chances', 'aria-label': t('The most probable classes') }, ...rows),
        element('p', { class: 'quiet' }, heatText(heat.place, classes[0]!.name)),
      ),
    );
  }
}

/** What `FileReader` makes of a file, without the head of its address. */
async function base64Of(file: File): Promise<string> {
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(new Error(t('{0} cannot be read.', file.name))));
  });
  reader.readAsDataURL(file);
  const address = await read;
  return address.slice(address.indexOf(',') + 1);
}
