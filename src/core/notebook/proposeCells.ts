import { t } from '../../protocol/language';
import { findModel } from '../model/catalog';
import { unfreezeFrom } from '../model/freezeEdits';
import { freezeFor } from '../model/freezeFor';
import { nextBlock } from '../model/nextBlock';
import { jsonLine } from '../recipe/editRecipe';
import { fineTuneCases, type FineTuneCase } from '../recipe/fourCases';
import type { JsonValue } from '../recipe/recipeText';
import { draftRecipe, recipeName, sentenceOf, type RecipeDraft } from '../recipe/recipeDraft';
import type { ThawCell } from './thawDocument';

/** What a new notebook is proposed for. Paths as they stand in a recipe: relative to the notebook, with `/`. */
export type NotebookSketch = Omit<RecipeDraft, 'freeze'>;

/** The learning rate that draftRecipe writes, a tenth of which moves layers that were frozen before. */
const LEARNING_RATE = 0.001;

/** Markdown and recipe cells: the case that the data looks like, and a second recipe to compare it with. */
export function proposeCells(sketch: NotebookSketch): readonly ThawCell[] {
  const { classes, fineTuneCase, model } = sketch;
  const name = recipeName(sketch.name);
  const freeze = freezeFor(model, fineTuneCase);
  const second = secondRecipe(name, model, fineTuneCase, freeze);
  const fields = Object.entries(second.fields).map(([field, value]) => `  "${field}": ${jsonLine(value)}`);
  return [
    markdown(
      `# ${plain(name)}`,
      t(
        '{0} That is case {1} of four: {2}.',
        plain(sentenceOf(classes)),
        fineTuneCase.number,
        fineTuneCase.data,
      ),
      `## ${fineTuneCase.advice}`,
      fineTuneCase.why,
    ),
    { kind: 'recipe', text: draftRecipe({ ...sketch, name, freeze }).trimEnd() },
    markdown(`## ${t('To compare: {0}', second.title)}`, second.why),
    { kind: 'recipe', text: `{\n${fields.join(',\n')}\n}` },
  ];
}

interface SecondRecipe {
  readonly title: string;
  readonly why: string;
  readonly fields: Readonly<Record<string, JsonValue>>;
}

function secondRecipe(
  name: string,
  model: string,
  { number }: FineTuneCase,
  freeze: readonly string[],
): SecondRecipe {
  switch (number) {
    case 1:
    case 2: {
      const { root } = findModel(model);
      const block = nextBlock(root, freeze)!;
      return {
        title: t('unfreeze a little more'),
        why: t(
          'This goes on from the best weights of the first recipe with `{0}` and what follows it unfrozen, at a ' +
            'tenth of the learning rate: small steps, so that what is learned already is not overwritten. If the accuracy ' +
            'rises, unfreeze more in the same way; if only the training accuracy does, stop here.',
          block,
        ),
        fields: {
          name: `${name} further`,
          extends: name,
          weights: { run: name },
          freeze: [...unfreezeFrom(block)(root, freeze)],
          optimizer: { lr: LEARNING_RATE / 10 },
          epochs: 10,
        },
      };
    }
    case 3:
      return {
        title: t('begin with the ImageNet weights'),
        why: t(
          'All else stays. Even for pictures of another kind the pretrained weights are often the quicker start; if ' +
            'this one ends no better, the pictures are enough to learn everything from.',
        ),
        fields: { name: `${name} pretrained`, extends: name, weights: 'imagenet' },
      };
    case 4:
      return {
        title: t('train only the new last layer'),
        why: t(
          'Everything else is frozen, which trains in a fraction of the time. What the first recipe gains over this ' +
            'one is what moving all layers is worth.',
        ),
        fields: {
          name: `${name} last layer`,
          extends: name,
          freeze: [...freezeFor(model, fineTuneCases[0]!)],
        },
      };
  }
}

function markdown(...paragraphs: readonly string[]): ThawCell {
  return { kind: 'markdown', text: paragraphs.join('\n\n') };
}

/** A name may hold anything; in markdown it must mean nothing. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|!~&$]/g, '\\$&');
}
