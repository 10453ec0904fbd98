import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  MAX_NOTEBOOK_BYTES,
  readThawDocument,
  writeThawDocument,
  type ThawCell,
  type ThawDocument,
} from '../../../src/core/notebook/thawDocument';
import { UserError } from '../../../src/core/userError';
import type { RunOutput, RunReference } from '../../../src/protocol/notebookOutput';

const CASES = { numRuns: 1000, seed: 5 };

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (document: ThawDocument): string => new TextDecoder().decode(writeThawDocument(document));
const read = (text: string): ThawDocument => readThawDocument(bytesOf(text));
/** Without the lack of a prototype that objects out of a file have. */
const plain = (document: ThawDocument): unknown => JSON.parse(JSON.stringify(document));

const run: RunReference = {
  folder: '.thaw/runs/2026-11-24T14-03-59-case-1',
  name: 'case 1',
  variant: 'optimizer.lr = 0.01',
  summary: {
    status: 'completed',
    model: 'resnet18',
    epochs: 25,
    bestEpoch: 3,
    bestAccuracy: 0.954248,
    seconds: 61.5,
  },
};
const example: ThawDocument = {
  cells: [
    { kind: 'markdown', text: '# Case 1\n\nFew pictures.' },
    { kind: 'recipe', text: '{\n  "name": "case 1"\n}\n', output: { version: 1, runs: [run] } },
  ],
};
const EXAMPLE = `{
  "version": 1,
  "cells": [
    {
      "kind": "markdown",
      "text": [
        "# Case 1",
        "",
        "Few pictures."
      ]
    },
    {
      "kind": "recipe",
      "text": [
        "{",
        "  \\"name\\": \\"case 1\\"",
        "}",
        ""
      ],
      "output": {
        "version": 1,
        "runs": [
          {
            "folder": ".thaw/runs/2026-11-24T14-03-59-case-1",
            "name": "case 1",
            "variant": "optimizer.lr = 0.01",
            "summary": {
              "status": "completed",
              "model": "resnet18",
              "epochs": 25,
              "bestEpoch": 3,
              "bestAccuracy": 0.954248,
              "seconds": 61.5
            }
          }
        ]
      }
    }
  ]
}
`;

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\r',
        '\u2028',
        '\ufeff',
        '\0',
        '\ud83d',
        '\ude00',
        '"',
        '\\',
        ' ',
        'a',
        '{',
      ),
    )
    .map(parts => parts.join('')),
  fc.constantFrom('', '\n', '\n\n', '\r\n', '__proto__'),
);
const fraction = fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0);
const summaries = fc.record(
  {
    status: fc.constantFrom(
      'completed' as const,
      'cancelled' as const,
      'failed' as const,
      'crashed' as const,
    ),
    model: texts,
    epochs: fc.nat(),
    bestEpoch: fc.integer({ min: -1 }),
    bestAccuracy: fraction,
    seconds: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    message: texts,
  },
  { requiredKeys: ['status', 'model', 'epochs', 'bestEpoch', 'bestAccuracy', 'seconds'] },
);
const outputs: fc.Arbitrary<RunOutput> = fc.record({
  version: fc.constant(1 as const),
  runs: fc.array(
    fc.record(
      { folder: texts, name: texts, variant: texts, summary: summaries },
      { requiredKeys: ['folder', 'name'] },
    ),
    { maxLength: 4 },
  ),
});
const cells: fc.Arbitrary<ThawCell> = fc.oneof(
  texts.map(text => ({ kind: 'markdown' as const, text })),
  texts.map(text => ({ kind: 'recipe' as const, text })),
  fc.record({ kind: fc.constant('recipe' as const), text: texts, output: outputs }),
);
const documents: fc.Arbitrary<ThawDocument> = fc.record({ cells: fc.array(cells, { maxLength: 8 }) });

describe('the file of a notebook', () => {
  it('is readable JSON with a line for each line', () => assert.equal(textOf(example), EXAMPLE));

  it('gives back any cells and outputs, and the same bytes when it is written again', () => {
    fc.assert(
      fc.property(documents, document => {
        const bytes = writeThawDocument(document);
        const again = readThawDocument(bytes);
        assert.deepEqual(plain(again), plain(document));
        again.cells.forEach(({ text }, index) => assert.equal(text, document.cells[index]!.text));
        assert.deepEqual(writeThawDocument(again), bytes);
      }),
      CASES,
    );
  });

  it('keeps every line ending, empty texts and halves of surrogate pairs', () => {
    for (const text of ['', '\n', 'a\r\nb\rc\n', '\r', '\ud83d', 'x\ude00\ud83d', '\u2028\0\ufeff']) {
      const { cells } = readThawDocument(writeThawDocument({ cells: [{ kind: 'markdown', text }] }));
      assert.deepEqual(cells, [{ kind: 'markdown', text }]);
    }
  });

  it('is text in UTF-8, a mark of the byte order aside', () =>
    assert.deepEqual(plain(readThawDocument(bytesOf(`\ufeff${EXAMPLE}`))), plain(example)));

  it('keeps fields that it does not know, those of the prototype among them', () => {
    const file = `{
  "version": 1,
  "cells": [
    {
      "kind": "recipe",
      "text": [
        "{}"
      ],
      "output": {
        "version": 1,
        "runs": [],
        "chart": "log"
      },
      "__proto__": {
        "kind": "markdown"
      },
      "collapsed": true
    }
  ],
  "constructor": {
    "x": [
      null
    ]
  },
  "author": "a person"
}
`;
    const document = read(file);
    assert.equal(document.cells[0]!.kind, 'recipe');
    assert.equal(textOf(document), file);
    assert.equal('collapsed' in {}, false);
  });

  it('does not care how the JSON is laid out, nor that a text of no lines is empty', () => {
    const compact = '{"cells":[{"text":[],"kind":"markdown"}],"version":1}';
    assert.deepEqual(read(compact), { cells: [{ kind: 'markdown', text: '' }] });
    assert.deepEqual(plain(read(JSON.stringify(JSON.parse(EXAMPLE)))), plain(example));
  });
});

describe('a file that is no notebook', () => {
  const cell = (fields: string): string => `{ "version": 1, "cells": [{ ${fields} }] }`;
  const recipe = (output: string): string => cell(`"kind": "recipe", "text": [], "output": ${output}`);
  const cases: readonly (readonly [what: string, text: string, message: string])[] = [
    [
      'an empty file',
      '',
      'line 1, column 1: the notebook is empty; the least it needs is { "version": 1, "cells": [] }',
    ],
    [
      'a merge that was not finished',
      '<<<<<<< HEAD\n{}',
      'line 1, column 1: <<<<<<< is not JSON; text must be in double quotes',
    ],
    [
      'a comment',
      '{\n  // mine\n  "version": 1, "cells": [] }',
      'line 2, column 3: a notebook has no comments here',
    ],
    [
      'a trailing comma',
      '{ "version": 1, "cells": [], }',
      'line 1, column 28: the comma before } has nothing after it; remove the comma',
    ],
    [
      'something after the end',
      '{ "version": 1, "cells": [] }\n{}',
      'line 2, column 1: nothing may follow the end of the notebook',
    ],
    [
      'a list',
      '[]',
      'line 1, column 1: the notebook must be an object in braces, such as { "version": 1, "cells": [] }',
    ],
    ['no version', '{ "cells": [] }', 'line 1, column 1: version is missing; it must be 1'],
    [
      'a newer version',
      '{\n "version": 2, "sheets": [] }',
      'line 2, column 13: the notebook is of version 2, which a newer Thaw wrote: this one reads version 1',
    ],
    [
      'no cells',
      '{ "version": 1 }',
      'line 1, column 1: cells is missing; it must be a list of at most 1000 cells',
    ],
    [
      'cells twice',
      '{ "version": 1, "cells": [], "cells": [] }',
      'line 1, column 30: cells is given twice; keep one of the two',
    ],
    [
      'a cell of an unknown kind',
      cell('"kind": "code", "text": []'),
      'line 1, column 37: cells[0].kind must be "markdown" or "recipe"',
    ],
    [
      'a text in one piece',
      cell('"kind": "markdown", "text": "a"'),
      'line 1, column 57: cells[0].text must be a list of lines, each in quotes',
    ],
    [
      'a cell without text',
      cell('"kind": "markdown"'),
      'line 1, column 27: cells[0].text is missing; it must be a list of lines, each in quotes',
    ],
    [
      'markdown with an output',
      cell('"kind": "markdown", "text": [], "output": {}'),
      'line 1, column 71: cells[0].output must be left out: only recipes have outputs',
    ],
    [
      'an output of another version',
      recipe('{ "version": 2, "runs": [] }'),
      'line 1, column 82: cells[0].output.version must be 1',
    ],
    [
      'a run without a folder',
      recipe('{ "version": 1, "runs": [{ "name": "a" }] }'),
      'line 1, column 94: cells[0].output.runs[0].folder is missing; it must be text of at most 100000 characters',
    ],
    [
      'an accuracy of 95',
      recipe(
        '{ "version": 1, "runs": [{ "folder": "", "name": "", "summary": { "status": "completed", "model": "", "epochs": 1, "bestEpoch": 0, "bestAccuracy": 95, "seconds": 1 } }] }',
      ),
      'line 1, column 216: cells[0].output.runs[0].summary.bestAccuracy must be a number from 0 to 1',
    ],
    [
      'a hundred thousand brackets',
      '['.repeat(100_000),
      'line 1, column 33: the braces and brackets are nested too deep',
    ],
  ];
  for (const [what, text, message] of cases) {
    it(`${what}: ${message}`, () =>
      assert.throws(() => read(text), new UserError(`The notebook cannot be read: ${message}`)));
  }

  it('bytes that are no UTF-8', () =>
    assert.throws(
      () => readThawDocument(Uint8Array.of(0x7b, 0xff, 0x7d)),
      new UserError('The notebook is no text in UTF-8: it is damaged or another kind of file.'),
    ));

  it('is every beginning of one, and never an empty notebook', () => {
    const bytes = bytesOf(EXAMPLE.trimEnd());
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => readThawDocument(bytes.subarray(0, length)), UserError);
    }
    assert.equal(readThawDocument(bytes).cells.length, 2);
  });

  it('is whatever a byte of one may turn into, or a notebook with its two cells', () => {
    const bytes = bytesOf(EXAMPLE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = byte;
        try {
          assert.equal(readThawDocument(damaged).cells.length, 2);
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
      CASES,
    );
  });

  it('is garbage', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes =>
        assert.throws(() => readThawDocument(bytes), UserError),
      ),
      CASES,
    ));

  it('is what passes a limit, for reading and for writing', () => {
    assert.throws(() => readThawDocument(new Uint8Array(MAX_NOTEBOOK_BYTES + 1)), /4\.0 MB large, .* 4 MB/);
    const markdown = (text: string): ThawCell => ({ kind: 'markdown', text });
    const longest = 'x'.repeat(1_000_000);
    assert.equal(read(textOf({ cells: [markdown(longest)] })).cells[0]!.text, longest);
    assert.throws(
      () => writeThawDocument({ cells: [markdown(`${longest}\n`)] }),
      new UserError(
        'The notebook cannot be saved: cells[0].text must be of at most 1000000 characters, not 1000001',
      ),
    );
    assert.throws(
      () => writeThawDocument({ cells: Array<ThawCell>(1001).fill(markdown('')) }),
      /cells must be a list of at most 1000 cells/,
    );
    assert.throws(
      () => writeThawDocument({ cells: Array<ThawCell>(17).fill(markdown(longest)) }),
      /17\.0 MB/,
    );
  });
});
