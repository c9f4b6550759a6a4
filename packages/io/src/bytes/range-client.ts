import { FormatError } from './format-error.ts';
import { readBody, type HttpResponse } from './http-body.ts';
import { limiter, retried, Transient } from './retry.ts';
import { changed, checkSameVersion, comparing, type Identity } from './same-version.ts';
import { WINDOW } from './read-ahead.ts';

/** The part of the global `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
) => Promise<HttpResponse>;

/** Options for fetching ranges; all are optional. */
export interface RangeOptions {
  /** Token sent to the host of the address and to no other. `openUrl` sends it only to the hub. */
  readonly token?: string;
  /** Replacement for the global `fetch`. */
  readonly fetch?: Fetch;
  /** Attempts for a request that fails for a temporary reason; default 5. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled before each further one; default 300. */
  readonly pause?: number;
  /** Milliseconds without a byte after which a request fails; default 30 000. */
  readonly timeout?: number;
  /**
   * Milliseconds that a range may take, with all attempts, before it fails; default 300 000. Long ranges have 1 s more per
   * 10 kB.
   */
  readonly deadline?: number;
}

/** A file on a server that supports ranges. */
export interface RangeClient {
  readonly size: number;
  /** The first bytes, which came with the first response. */
  readonly start: Uint8Array;
  /** The Link header of the first response, which names further pages of a listing. */
  readonly link: string | null;
  /** Fetches a range within the file; the bytes belong to the caller. */
  readonly fetchRange: (offset: number, length: number) => Promise<Uint8Array>;
}

// A file from a server without ranges is kept in memory up to this size; the index of shards of a large model has 10
// MB.
const LARGEST_WHOLE = 1 << 24;
/** Concurrent requests. */
const AT_ONCE = 6;

interface Answer extends Identity {
  readonly bytes: Uint8Array;
  /** True if the bytes are the whole file. */
  readonly whole: boolean;
  readonly url: string;
  readonly link: string | null;
}

/**
 * Fetches the beginning of a file, which also tells its size. Returns undefined if there is no such file (404).
 *
 * Rejects with FormatError as `openUrl` does.
 */
export async function rangeClient(
  url: string,
  name: string,
  options: RangeOptions,
): Promise<RangeClient | undefined> {
  const patient = <T>(length: number, run: (until: number) => Promise<T>): Promise<T> => {
    const { attempts = 5, pause = 300, deadline = 300_000 } = options;
    const until = performance.now() + deadline + length / BYTES_PER_MS;
    return retried({ attempts, pause, until, name }, () => run(until));
  };
  const first = await patient(WINDOW, (until) => ask(url, name, { ...options, until }, 0, WINDOW));
  if (first === undefined) return undefined;
  const { size, bytes: start, link } = first;
  if (first.whole) {
    return { size, start, link, fetchRange: async (at, length) => start.slice(at, at + length) };
  }

  // Later requests go directly to the target of a redirect, until it stops answering.
  let direct = first.url;
  const withoutToken = { ...options };
  delete withoutToken.token;
  const fetchOnce = async (offset: number, length: number, until: number): Promise<Uint8Array> => {
    const place = direct;
    let answer: Answer | undefined;
    try {
      const sameOrigin = new URL(place).origin === new URL(url).origin;
      const asked = { ...(sameOrigin ? options : withoutToken), until };
      answer = await ask(place, name, asked, offset, length);
      if (answer === undefined && place === url) throw changed(name, 'is gone (404)');
    } catch (error) {
      if (place === url || !(error instanceof FormatError)) throw error;
    }
    if (answer === undefined) {
      direct = url;
      throw new Transient('the target of a redirect no longer answers');
    }
    checkSameVersion(name, first, answer);
    if (place === url) direct = answer.url;
    return answer.whole ? answer.bytes.slice(offset, offset + length) : answer.bytes;
  };
  const limited = limiter(AT_ONCE);
  const fetchRange = (offset: number, length: number): Promise<Uint8Array> =>
    limited(() => patient(length, (until) => fetchOnce(offset, length, until)));
  const compared = first.etag === null ? comparing(name, start, fetchRange) : fetchRange;
  return { size, start, link, fetchRange: compared };
}

/** Rate below which a long range is too slow. */
const BYTES_PER_MS = 10;
/** Longest delay of `setTimeout`, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Statuses from 500 on that another attempt does not change. */
const PERMANENT: ReadonlySet<number> = new Set([501, 505, 511]);

/** Options of one request. */
interface AskOptions extends RangeOptions {
  /** Time, as `performance.now()` counts it, at which the request fails. */
  readonly until: number;
}

/** Makes one request for a range; returns undefined for 404. Rejects with Transient if another attempt may succeed. */
async function ask(
  url: string,
  name: string,
  { fetch = globalThis.fetch as Fetch, token, timeout = 30_000, until }: AskOptions,
  offset: number,
  length: number,
): Promise<Answer | undefined> {
  const abort = new AbortController();
  const headers: Record<string, string> = {
    Range: `bytes=${offset}-${offset + length - 1}`,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const late = setTimeout(
    () => abort.abort(),
    Math.min(Math.max(0, until - performance.now()), LONGEST_TIMER),
  );
  let timer = setTimeout(() => abort.abort(), timeout);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), timeout);
  };
  try {
    let response: HttpResponse;
    try {
      response = await fetch(url, { headers, signal: abort.signal });
    } catch (cause) {
      if (abort.signal.aborted)
        throw new Transient(`no answer within ${timeout / 1000} s`, { cause });
      throw failed(name, cause, token);
    }
    alive();
    if (response.status === 404) return undefined;
    return await understand(response, { url, name, offset, length, alive });
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
    // Stop receiving the rest of the body.
    abort.abort();
  }
}

/** A request for a range. */
interface RangeRequest {
  readonly url: string;
  /** Name of the file, for messages. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** Restarts the time-out; to be called when bytes arrive. */
  readonly alive: () => void;
}

/** Reads an answer to a request for a range. Rejects with Transient if another attempt may succeed. */
async function understand(response: HttpResponse, request: RangeRequest): Promise<Answer> {
  const { status, headers } = response;
  const { url, name, length, alive } = request;
  const fail = (problem: string): never => {
    throw new FormatError(name, problem);
  };
  const range = headers.get('content-range');
  const identity = {
    etag: headers.get('etag'),
    modified: headers.get('last-modified'),
    link: headers.get('link'),
  };
  const encoding = headers.get('content-encoding') || 'identity';
  const place = response.url === '' ? url : response.url;

  if (status === 416 && range === 'bytes */0') {
    return { ...identity, size: 0, bytes: new Uint8Array(0), whole: true, url: place };
  }
  if (status === 401 || status === 403) {
    fail(
      `access denied (${status}); set HF_TOKEN if it needs a token, and accept the terms of a gated model`,
    );
  }
  if (status === 429 || status === 408 || (status >= 500 && !PERMANENT.has(status))) {
    throw new Transient(`the server answered ${status}`, { after: headers.get('retry-after') });
  }
  if (status === 200) {
    const bytes = await readBody(response, LARGEST_WHOLE, alive);
    if (bytes === undefined) {
      return fail(
        `the server does not support ranges (it answered 200 to a request for ${length} bytes) and the file is large; download it and give its path`,
      );
    }
    return { ...identity, size: bytes.length, bytes, whole: true, url: place };
  }
  if (status !== 206) fail(`the server answered ${status}; check the address`);
  if (encoding !== 'identity') {
    fail(`the server compresses ranges (${encoding}); download the file and give its path`);
  }
  return { ...identity, ...(await readPart(response, range, request)), url: place };
}

/** Reads a part of a file, from an answer with status 206. */
async function readPart(
  response: HttpResponse,
  range: string | null,
  { name, offset, length, alive }: RangeRequest,
): Promise<Pick<Answer, 'size' | 'bytes' | 'whole'>> {
  const fail = (problem: string): never => {
    throw new FormatError(name, problem);
  };
  if (range === null) {
    fail(
      'the server does not tell its size (Content-Range is missing, or hidden from web pages by CORS settings); download it and give its path',
    );
  }
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? '') ?? [];
  const size = Number(total);
  const wanted = Math.min(length, size - offset);
  if (total === undefined || !Number.isSafeInteger(size) || Number(from) !== offset) {
    fail(`the server answered with Content-Range "${range}" to ${offset}-${offset + length - 1}`);
  }
  const sent = Number(to) - offset + 1;
  if (wanted < length && offset > 0) throw changed(name, `has ${size} bytes, fewer than it had`);
  if (sent > wanted || sent < 1) {
    fail(`the server answered with Content-Range "${range}" to ${offset}-${offset + length - 1}`);
  }
  // A server may send less than requested; the rest is requested separately.
  const bytes = await readBody(response, sent, alive);
  if (bytes === undefined) {
    return fail(`the server sent more than the ${sent} bytes of its Content-Range`);
  }
  if (bytes.length < sent || sent < wanted) {
    throw new Transient(`the server sent ${bytes.length} of ${wanted} bytes`);
  }
  return { size, bytes, whole: false };
}

/** Errors of the system and of TLS that another attempt does not avoid. */
const HOPELESS =
  /^(?:ENOTFOUND|EPROTO|ERR_INVALID_URL|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|UNABLE_TO_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+)$|redirect count exceeded|unknown scheme|bad port|invalid header value/i;

/** The error for a request without an answer: permanent, or Transient. Never shows the token. */
function failed(name: string, error: unknown, token: string | undefined): Error {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  const full = cause?.code ?? cause?.message ?? message;
  const shown = token === undefined ? full : full.replaceAll(token, '(token)');
  if (!HOPELESS.test(shown)) return new Transient(shown, { cause: error });
  return new FormatError(name, `cannot be fetched: ${shown}; check the address`);
}
