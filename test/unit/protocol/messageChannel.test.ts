import { strict as assert } from 'node:assert';
import { MessageChannel, type Checks, type Handlers } from '../../../src/protocol/messageChannel';

interface Kitchen {
  cook(dish: string): number;
  close(): void;
}

const checks: Checks<Kitchen> = {
  cook: dish => typeof dish === 'string',
  close: params => params === undefined,
};

/** Two ends whose messages go through JSON, as a webview's do; `wire` takes what a hostile guest sends. */
function kitchen(handlers: Partial<Handlers<Kitchen>> = {}) {
  const errors: unknown[] = [];
  const sent: unknown[] = [];
  const cook: MessageChannel<Kitchen, object> = new MessageChannel<Kitchen, object>({
    handlers: { cook: dish => dish.length, close: () => undefined, ...handlers },
    checks,
    send: message => {
      sent.push(message);
      const text = JSON.stringify(message);
      queueMicrotask(() => void guest.receive(JSON.parse(text)));
    },
    onError: error => errors.push(error),
  });
  const wire = (message: unknown): Promise<void> => cook.receive(message);
  const guest = new MessageChannel<object, Kitchen>({
    handlers: {},
    send: message => {
      const text = JSON.stringify(message);
      queueMicrotask(() => void wire(JSON.parse(text)));
    },
  });
  return { cook, guest, wire, errors, sent };
}

describe('a message channel', () => {
  it('answers each request with the reply of its handler', async () => {
    const { guest } = kitchen();
    assert.deepEqual(
      await Promise.all([guest.request('cook', 'soup'), guest.request('cook', 'rice pudding')]),
      [4, 12],
    );
  });

  it('waits for handlers that take their time, and keeps slow and quick ones apart', async () => {
    const { guest } = kitchen({
      cook: dish => new Promise(resolve => setTimeout(resolve, dish.length * 5, dish.length)),
    });
    const order: number[] = [];
    await Promise.all(['roast', 'egg'].map(async dish => order.push(await guest.request('cook', dish))));
    assert.deepEqual(order, [3, 5]);
  });

  it('rejects with the message of a handler that throws, and tells its own side the error', async () => {
    const burnt = new RangeError('It is burnt.');
    const { guest, errors } = kitchen({ cook: () => Promise.reject(burnt) });
    await assert.rejects(guest.request('cook', 'toast'), { name: 'Error', message: 'It is burnt.' });
    assert.deepEqual(errors, [burnt]);
  });

  it('sends no answer where none is wanted', async () => {
    const dishes: string[] = [];
    const { guest, sent } = kitchen({
      cook: dish => dishes.push(dish),
    });
    guest.notify('cook', 'soup');
    await guest.request('close');
    assert.deepEqual(dishes, ['soup']);
    assert.deepEqual(sent, [{ id: 0, reply: undefined }]);
  });

  it('rejects what is pending when it closes, and all that is asked later', async () => {
    const { guest } = kitchen({ cook: () => new Promise(() => undefined) });
    const pending = guest.request('cook', 'soup');
    guest.close();
    await assert.rejects(pending, { message: 'The page was closed.' });
    await assert.rejects(guest.request('cook', 'soup'), { message: 'The page was closed.' });
  });

  it('answers nothing more once it is closed', async () => {
    let serve: (price: number) => void = () => undefined;
    const { cook, wire, sent } = kitchen({ cook: () => new Promise<number>(resolve => (serve = resolve)) });
    const cooking = wire({ request: 'cook', params: 'soup', id: 7 });
    cook.close();
    serve(1);
    await cooking;
    await wire({ request: 'cook', params: 'soup', id: 8 });
    assert.deepEqual(sent, []);
  });

  const hostile: readonly (readonly [string, unknown, string])[] = [
    ['an unknown request', { request: 'steal', id: 1 }, 'There is no request "steal".'],
    ['a name every object has', { request: 'toString', id: 1 }, 'There is no request "toString".'],
    ['the prototype', { request: '__proto__', id: 1 }, 'There is no request "__proto__".'],
    [
      'a wrong parameter',
      { request: 'cook', params: { length: 3 }, id: 1 },
      'The request "cook" came with wrong parameters.',
    ],
    ['a missing parameter', { request: 'cook', id: 1 }, 'The request "cook" came with wrong parameters.'],
  ];
  for (const [what, message, error] of hostile) {
    it(`refuses ${what}`, async () => {
      const { wire, sent } = kitchen();
      await wire(message);
      assert.deepEqual(sent, [{ id: 1, error }]);
    });
  }

  it('ignores what is no message', async () => {
    const { wire, sent, errors } = kitchen();
    for (const noise of [
      undefined,
      null,
      5,
      'cook',
      [],
      {},
      { request: 5 },
      { id: 0 },
      { request: 'cook', id: 'x' },
    ]) {
      await wire(noise);
    }
    assert.deepEqual([sent, errors], [[], []]);
  });
});
