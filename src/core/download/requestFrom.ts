import { t } from '../../protocol/language';
import { UserError } from '../userError';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const MAX_REDIRECTS = 5;

/** Something between here and the server failed: trying again may help. */
export class ConnectionLost extends Error {
  /** fetch hides what happened in the cause of its error. */
  static from(error: unknown): ConnectionLost {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return new ConnectionLost(cause instanceof Error ? cause.message : String(cause), { cause: error });
  }
}

/**
 * GETs a URL from byte `start`, following redirects to https only. The answer is 200, 206 or 416; others are a
 * UserError, or ConnectionLost where the server asks to come again.
 */
export async function requestFrom(
  url: string,
  start: number,
  { signal, fetch }: { readonly signal: AbortSignal; readonly fetch: Fetch },
): Promise<Response> {
  const headers = { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) };
  let from = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (new URL(from).protocol !== 'https:') {
      throw new UserError(t('{0} leads to {1}, which is not https; nothing was downloaded.', url, from));
    }
    const response = await fetch(from, { headers, signal, redirect: 'manual' }).catch((error: unknown) => {
      throw ConnectionLost.from(error);
    });
    const location = response.headers.get('location');
    const redirected = response.status >= 300 && response.status < 400 && location !== null;
    if (!redirected) return checked(url, response);
    await response.body?.cancel();
    from = new URL(location, from).href;
  }
  throw new UserError(t('{0} leads from one address to another without end.', url));
}

async function checked(url: string, response: Response): Promise<Response> {
  if ([200, 206, 416].includes(response.status)) return response;
  await response.body?.cancel();
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    throw new ConnectionLost(t('it answers {0}', response.status));
  }
  throw new UserError(
    t('{0} answers {1} for {2}; the file may have moved.', hostOf(url), response.status, url),
  );
}

/** What to tell a person after the last attempt. */
export function unreachable(url: string, file: string, error: ConnectionLost): UserError {
  const { HTTPS_PROXY, https_proxy: httpsProxy, NODE_USE_ENV_PROXY } = process.env;
  const proxyIgnored = (HTTPS_PROXY || httpsProxy) && !NODE_USE_ENV_PROXY;
  const proxy = proxyIgnored
    ? t(
        ' The proxy in HTTPS_PROXY was not used: Node 24 and newer use it when NODE_USE_ENV_PROXY=1 is set, older ones cannot.',
      )
    : '';
  return new UserError(
    t(
      'Cannot download from {0} ({1}): connect to the network and try again, or fetch {2} by other means and save it as {3}.{4}',
      hostOf(url),
      error.message,
      url,
      file,
      proxy,
    ),
    { cause: error },
  );
}

export function hostOf(url: string): string {
  return new URL(url).host;
}
