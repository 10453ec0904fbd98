import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchFile, type FetchFileOptions } from '../../../src/core/download/fetchFile';
import type { Fetch } from '../../../src/core/download/requestFrom';
import { sha256OfFile } from '../../../src/core/download/sha256OfFile';
import { finish, type Progress } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const URL_OF_FILE = 'https://files.example/weights.pth';

interface Asked {
  readonly url: string;
  readonly range: string | null;
}

/** A server of `content` that answers ranges, `chunk` bytes at a time; `cutAt` ends answer n after that many bytes. */
function server(
  options: {
    content?: Buffer;
    cutAt?: readonly (number | undefined)[];
    ranges?: boolean;
    chunk?: number;
  } = {},
): {
  fetch: Fetch;
  asked: Asked[];
} {
  const { content = CONTENT, cutAt = [], ranges = true, chunk = 100 } = options;
  const asked: Asked[] = [];
  const fetch: Fetch = (url, init) => {
    const range = new Headers(init.headers).get('range');
    const start = ranges && range ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0;
    const cut = cutAt[asked.length];
    asked.push({ url, range });
    if (start >= content.length) return Promise.resolve(new Response(null, { status: 416 }));
    const partial = start > 0;
    return Promise.resolve(
      new Response(stream(content.subarray(start), chunk, cut), {
        status: partial ? 206 : 200,
        headers: {
          'content-length': String(content.length - start),
          ...(partial ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
        },
      }),
    );
  };
  return { fetch, asked };
}

function stream(bytes: Buffer, chunk: number, cut = Infinity): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= cut) controller.error(new TypeError('terminated', { cause: new Error('other side closed') }));
      else if (at >= bytes.length) controller.close();
      else controller.enqueue(new Uint8Array(bytes.subarray(at, (at += chunk))));
    },
  });
}

describe('fetchFile', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
    file = join(folder, 'cache', 'weights.pth');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (
    fetch: Fetch,
    options: Partial<FetchFileOptions> = {},
    url = URL_OF_FILE,
  ): Promise<Progress[]> => {
    const steps: Progress[] = [];
    const { signal } = new AbortController();
    const work = fetchFile(url, file, {
      signal,
      sha256: SHA256.slice(0, 8),
      maxBytes: 5000,
      retryAfterMs: 0,
      fetch,
      ...options,
    });
    return finish(work, step => steps.push(step)).then(() => steps);
  };
  const files = (): Promise<string[]> => readdir(join(folder, 'cache'));
  const leave = async (part: Uint8Array): Promise<void> => {
    await run(server({ cutAt: [0, 0, 0, 0] }).fetch).catch(() => undefined);
    await writeFile(`${file}.part`, part);
  };

  it('downloads a file, telling the bytes, and leaves it alone in its folder', async () => {
    const { fetch, asked } = server({ chunk: 400 });
    const steps = await run(fetch);
    assert.deepEqual(await readFile(file), CONTENT);
    assert.deepEqual(await files(), ['weights.pth']);
    assert.deepEqual(asked, [{ url: URL_OF_FILE, range: null }]);
    const fetching = steps.filter(({ task }) => task === 'Fetching weights.pth');
    assert.deepEqual(
      fetching.map(({ done, total, unit }) => [done, total, unit]),
      [0, 400, 800, 1000].map(done => [done, 1000, 'bytes']),
    );
  });

  it('goes on where the connection was cut', async () => {
    const { fetch, asked } = server({ cutAt: [300, 200] });
    await run(fetch);
    assert.deepEqual(await readFile(file), CONTENT);
    assert.deepEqual(
      asked.map(({ range }) => range),
      [null, 'bytes=300-', 'bytes=500-'],
    );
  });

  it('goes on where an answer simply ended early', async () => {
    const { fetch: whole, asked } = server();
    let first = true;
    const fetch: Fetch = async (url, init) => {
      const response = await whole(url, init);
      if (!first) return response;
      first = false;
      return new Response(stream(CONTENT.subarray(0, 250), 250), { headers: { 'content-length': '1000' } });
    };
    await run(fetch);
    assert.deepEqual(await readFile(file), CONTENT);
    assert.deepEqual(
      asked.map(({ range }) => range),
      [null, 'bytes=250-'],
    );
  });

  it('goes on from what an earlier call left', async () => {
    await leave(CONTENT.subarray(0, 700));
    const { fetch, asked } = server();
    await run(fetch);
    assert.deepEqual(await readFile(file), CONTENT);
    assert.deepEqual(
      asked.map(({ range }) => range),
      ['bytes=700-'],
    );
  });

  it('starts again where the server knows no ranges', async () => {
    await leave(CONTENT.subarray(0, 700));
    await run(server({ ranges: false }).fetch);
    assert.deepEqual(await readFile(file), CONTENT);
  });

  it('starts again where what was left is of another file', async () => {
    await leave(Buffer.alloc(700, 1));
    const { fetch, asked } = server();
    await run(fetch);
    assert.deepEqual(await readFile(file), CONTENT);
    assert.deepEqual(
      asked.map(({ range }) => range),
      ['bytes=700-', null],
    );
  });

  it('starts again where what was left is longer than the file', async () => {
    await leave(Buffer.alloc(1200, 1));
    await run(server().fetch);
    assert.deepEqual(await readFile(file), CONTENT);
  });

  it('refuses and deletes a file whose sha256 is wrong', async () => {
    await assert.rejects(run(server({ content: Buffer.from('something else') }).fetch), {
      name: 'UserError',
      message: new RegExp(
        `files\\.example sent for ${URL_OF_FILE} is not the right file.*not ${SHA256.slice(0, 8)}`,
      ),
    });
    assert.deepEqual(await files(), []);
  });

  it('says what to do by hand when the network is away, keeping what arrived', async () => {
    const { fetch, asked } = server({ cutAt: [100, 0, 0, 0] });
    await assert.rejects(run(fetch), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Cannot download from files\.example \(other side closed\): connect/);
      return error.message.includes(`fetch ${URL_OF_FILE} by other means and save it as ${file}.`);
    });
    assert.equal(asked.length, 4);
    assert.deepEqual(await files(), ['weights.pth.part']);
  });

  it('says so when there is a proxy that Node does not use', async () => {
    const { HTTPS_PROXY, NODE_USE_ENV_PROXY } = process.env;
    process.env['HTTPS_PROXY'] = 'http://proxy.example:3128';
    delete process.env['NODE_USE_ENV_PROXY'];
    try {
      await assert.rejects(
        run(() => Promise.reject(new TypeError('fetch failed'))),
        /The proxy in HTTPS_PROXY was not used/,
      );
    } finally {
      restore('HTTPS_PROXY', HTTPS_PROXY);
      restore('NODE_USE_ENV_PROXY', NODE_USE_ENV_PROXY);
    }
  });

  it('tries again after a server error, not after a missing file', async () => {
    const { fetch: whole } = server();
    const answers = (status: number): { fetch: Fetch; count: () => number } => {
      let count = 0;
      return {
        fetch: (url, init) =>
          count++ === 0 ? Promise.resolve(new Response('', { status })) : whole(url, init),
        count: () => count,
      };
    };
    const busy = answers(503);
    await run(busy.fetch);
    assert.equal(busy.count(), 2);
    const missing = answers(404);
    await assert.rejects(run(missing.fetch), /files\.example answers 404/);
    assert.equal(missing.count(), 1);
  });

  it('follows redirects to https, and to nothing else', async () => {
    const { fetch: whole, asked } = server();
    const redirect =
      (location: string): Fetch =>
      (url, init) => {
        assert.equal(init.redirect, 'manual');
        return url === URL_OF_FILE
          ? Promise.resolve(new Response(null, { status: 302, headers: { location } }))
          : whole(url, init);
      };
    await run(redirect('/moved.pth'));
    assert.deepEqual(
      asked.map(({ url }) => url),
      ['https://files.example/moved.pth'],
    );
    await assert.rejects(
      run(redirect('http://files.example/moved.pth')),
      /http:\/\/files\.example\/moved\.pth, which is not https/,
    );
    await assert.rejects(run(redirect('file:///etc/passwd')), /which is not https/);
    await assert.rejects(run(redirect(URL_OF_FILE)), /without end/);
    await assert.rejects(run(whole, {}, 'http://files.example/weights.pth'), /which is not https/);
    assert.equal(asked.length, 1);
  });

  it('stops at the size limit, whether the server tells the size or not', async () => {
    await assert.rejects(run(server().fetch, { maxBytes: 999 }), /sends more than 999 bytes/);
    const silent: Fetch = () => Promise.resolve(new Response(stream(CONTENT, 100)));
    await assert.rejects(run(silent, { maxBytes: 999 }), /sends more than 999 bytes/);
    await run(silent, { maxBytes: 1000 });
    assert.deepEqual(await readFile(file), CONTENT);
  });

  it('ends with the reason of its signal, and the next call goes on', async () => {
    const controller = new AbortController();
    const { fetch, asked } = server();
    const work = fetchFile(URL_OF_FILE, file, {
      signal: controller.signal,
      sha256: SHA256,
      maxBytes: 5000,
      fetch,
    });
    await assert.rejects(
      finish(work, ({ done }) => {
        if (done === 500) controller.abort(new Error('stopped'));
      }),
      /^Error: stopped$/,
    );
    assert.deepEqual(await files(), ['weights.pth.part']);
    await run(fetch);
    assert.deepEqual(
      asked.map(({ range }) => range),
      [null, 'bytes=500-'],
    );
  });
});

describe('sha256OfFile', () => {
  it('gives the known digest of "abc"', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
    await writeFile(join(folder, 'abc'), 'abc');
    assert.equal(
      await sha256OfFile(join(folder, 'abc')),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    await rm(folder, { recursive: true });
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
