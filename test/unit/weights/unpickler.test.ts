import assert from 'node:assert/strict';
import { PickleError } from '../../../src/core/weights/pickleReader';
import { Opaque, Tuple, type PickleValue } from '../../../src/core/weights/pickleValue';
import { unpickle } from '../../../src/core/weights/unpickler';
import { integer, pickle, text, uint32 } from './pickle';

describe('unpickle', () => {
  const value = (...pieces: string[]): unknown => unpickle(pickle(...pieces)).value;

  it('reads the plain values of every protocol', () => {
    assert.equal(value('N.'), null);
    assert.equal(value('\x80\x02\x88.'), true);
    assert.equal(value('I01\n.'), true);
    assert.equal(value('I-12\n.'), -12);
    assert.equal(value('L7L\n.'), 7);
    assert.equal(value('K\xff.'), 255);
    assert.equal(value('M\x01\x02.'), 513);
    assert.equal(value(`${integer(-2)}.`), -2);
    assert.equal(value('\x8a\x02\x00\xff.'), -256);
    assert.equal(value('\x8a\x00.'), 0);
    assert.equal(value('\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.'), 2n ** 64n);
    assert.equal(value('F1.5\n.'), 1.5);
    assert.equal(value('G\xbf\xf8\x00\x00\x00\x00\x00\x00.'), -1.5);
    assert.equal(value("S'it\\'s'\n."), "it's");
    assert.equal(value('Vtext\n.'), 'text');
    assert.equal(value('U\x02ab.'), 'ab');
    assert.equal(value('\x80\x04\x95\x04\x00\x00\x00\x00\x00\x00\x00\x8c\x02\xc3\xa9\x94.'), 'é');
  });

  it('reads lists, tuples, dicts and what the memo repeats', () => {
    const list: PickleValue[] = [1];
    list.push(new Tuple([list, 2]));
    assert.deepEqual(value(']q\x00(K\x01h\x00K\x02\x86e.'), list);
    assert.deepEqual(value("(dp0\nS'a'\nI1\ns."), new Map([['a', 1]]));
    assert.deepEqual(value('(K\x01K\x02l.'), [1, 2]);
    assert.deepEqual(value('ccollections\nOrderedDict\n(](K\x01K\x02\x86etR.'), new Map([[1, 2]]));
  });

  it('passes over bytes, sets and devices', () => {
    assert.ok(value('\x80\x03C\x03abc.') instanceof Opaque);
    assert.ok(value('\x80\x02c__builtin__\nset\n](K\x01e\x85R.') instanceof Opaque);
    assert.ok(value(`\x80\x02ctorch\ndevice\n${text('cpu')}\x85R.`) instanceof Opaque);
  });

  describe('refuses every global it does not know, by name', () => {
    const call = (module: string, name: string): string => `c${module}\n${name}\n(S'x'\ntR.`;
    const cases: [string, string, string][] = [
      ['os.system', call('os', 'system'), 'os.system'],
      ['posix.system', call('posix', 'system'), 'posix.system'],
      ['nt.system', call('nt', 'system'), 'nt.system'],
      ['builtins.eval', call('builtins', 'eval'), 'builtins.eval'],
      ['__builtin__.exec', call('__builtin__', 'exec'), '__builtin__.exec'],
      ['builtins.getattr', call('builtins', 'getattr'), 'builtins.getattr'],
      ['subprocess.Popen', call('subprocess', 'Popen'), 'subprocess.Popen'],
      [
        'an attribute of an allowed class',
        call('collections', 'OrderedDict.fromkeys'),
        'collections.OrderedDict.fromkeys',
      ],
      ['torch.load itself', call('torch', 'load'), 'torch.load'],
      ['torch.hub.load', call('torch.hub', 'load'), 'torch.hub.load'],
      ['STACK_GLOBAL', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93)R.', 'builtins.eval'],
      ['INST', "(S'x'\nios\nsystem\n.", 'os.system'],
      ['OBJ', "(cos\nsystem\nS'x'\no.", 'os.system'],
      ['NEWOBJ', '\x80\x02csubprocess\nPopen\n)\x81.', 'subprocess.Popen'],
      [
        'one deep inside the arguments of an allowed one',
        `ccollections\nOrderedDict\n((${call('os', 'system')}`,
        'os.system',
      ],
      ['one whose name hides in control characters', call('os', 'sys\rtem'), 'os.sys\\rtem'],
      ['Object.prototype names', call('__proto__', 'constructor'), '__proto__.constructor'],
    ];
    for (const [title, bytes, name] of cases) {
      it(title, () => {
        assert.throws(
          () => value(bytes),
          (error: unknown) => {
            assert.ok(error instanceof PickleError);
            assert.ok(error.message.includes(name), error.message);
            return error.message.includes('nothing was run');
          },
        );
      });
    }
  });

  describe('refuses what is malformed or asks for too much', () => {
    const cases: [string, string, RegExp][] = [
      ['nothing', '', /ends too early/],
      ['no STOP', 'N', /ends too early/],
      ['a text longer than the file', `X${uint32(0xffffffff)}abc.`, /ends too early/],
      ['a length past 2^53', '\x8d\xff\xff\xff\xff\xff\xff\xff\xff.', /length that no file has/],
      ['STOP on an empty stack', '.', /malformed/],
      ['taking from below a mark', 'N(\x85.', /malformed/],
      ['a tuple without a mark', 't.', /malformed/],
      ['an odd count of dict items', '}(Nu.', /malformed/],
      ['appending to a tuple', ')Na.', /malformed/],
      ['a call of a text', "S'os'\n)R.", /malformed/],
      ['a call of a storage type', 'ctorch\nFloatStorage\n)R.', /malformed/],
      ['a memo that was never filled', 'h\x05.', /malformed/],
      ['attributes of a list', ']}b.', /sets attributes/],
      ['attributes of a tensor type', 'ctorch\nFloatStorage\n}b.', /sets attributes/],
      ['an extension', '\x82\x01.', /0x82/],
      ['a persistent id where none can be', 'NQ.', /storage where none can be/],
      ['a text persistent id', 'Pabc\n.', /0x50/],
      ['protocol 9', '\x80\x09N.', /protocol 9/],
      ['a huge integer', `\x8b${uint32(1000)}${'\x01'.repeat(1000)}.`, /integer of 1000 bytes/],
      ['a line without end', `V${'a'.repeat(70_000)}`, /line of more than 65536 bytes/],
      ['a million marks', '('.repeat(1_000_001), /nests too much/],
      ['a million values', 'N'.repeat(1_000_001), /nests too much/],
      ['millions of operations', 'N0'.repeat(2_500_001), /more than 5000000 operations/],
      [
        'a long list copied again and again',
        `ccollections\nOrderedDict\nq\x00](${'NN\x86'.repeat(10_000)}e\x85q\x01${'0h\x00h\x01R'.repeat(600)}.`,
        /more than 5000000 operations/,
      ],
      [
        'a tensor without storage',
        'ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))tR.',
        /tensor without storage/,
      ],
      ['a parameter of no tensor', 'ctorch._utils\n_rebuild_parameter\n(N\x89NtR.', /parameter of no tensor/],
    ];
    for (const [title, bytes, message] of cases) {
      it(title, () =>
        assert.throws(
          () => value(bytes),
          (error: unknown) => error instanceof PickleError && message.test(error.message),
        ),
      );
    }
  });
});
