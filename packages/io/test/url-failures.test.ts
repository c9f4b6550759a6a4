import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openUrl, type UrlOptions } from '../src/bytes/index.ts';
import { sameBytes } from './helpers.ts';
import { FAST, urlServers, WEIGHTS } from './url-files.ts';

type Fetch = NonNullable<UrlOptions['fetch']>;
const servers = urlServers();

describe('a request that fails', () => {
  test.each([500, 502, 503, 429, 408])(
    'is repeated after a temporary error: %d',
    async (status) => {
      let left = 2;
      servers.server.misbehave = (_, response) => {
        if (left-- <= 0) return false;
        response.writeHead(status).end();
        return true;
      };
      expect((await servers.open()).size).toBe(WEIGHTS.length);
      expect(servers.server.log).toHaveLength(3);
    },
  );

  test('is repeated after a connection that drops before or within the body', async () => {
    const source = await servers.open();
    let left = 2;
    servers.server.misbehave = (_, response) => {
      if (left-- <= 0) return false;
      if (left === 1) response.destroy();
      else {
        response.writeHead(206, {
          'content-range': `bytes 100000-299999/${WEIGHTS.length}`,
          'content-length': 200_000,
          etag: '"1"',
        });
        response.write(WEIGHTS.subarray(100_000, 150_000), () => response.destroy());
      }
      return true;
    };
    expect(sameBytes(await source.read(100_000, 200_000), WEIGHTS.slice(100_000, 300_000))).toBe(
      true,
    );
    expect(servers.server.log).toHaveLength(4);
  });

  test('ends in one line after the last attempt', async () => {
    servers.server.misbehave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    await expect(servers.open('/m.safetensors', { attempts: 3 })).rejects.toMatchObject({
      name: 'FormatError',
      message: `${servers.server.origin}/m.safetensors: cannot be fetched: the server answered 503, 3 times; check the connection and try again`,
    });
    expect(servers.server.log).toHaveLength(3);
    // Systems never assign this port, so nothing listens there.
    await expect(openUrl('http://127.0.0.1:2/x', { ...FAST, attempts: 2 })).rejects.toThrow(
      'cannot be fetched: ECONNREFUSED, 2 times',
    );
  });

  describe('on a clock that the test sets', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test('ends after a timeout without any answer', async () => {
      const began: number[] = [];
      const silent: Fetch = (_, { signal }) => {
        began.push(performance.now());
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      };
      const opened = openUrl('https://host/w', { attempts: 2, pause: 7, fetch: silent });
      const refused = expect(opened).rejects.toThrow(
        'cannot be fetched: no answer within 30 s, 2 times',
      );
      await vi.runAllTimersAsync();
      await refused;
      expect(began.map((time) => time - began[0])).toEqual([0, 30_007]);
    });

    test('is made five times, after pauses of 300 ms that double', async () => {
      const began: number[] = [];
      const fetch: Fetch = async () => {
        began.push(performance.now());
        return new Response(null, { status: 503 });
      };
      const opened = openUrl('https://host/w', { fetch });
      const refused = expect(opened).rejects.toThrow('the server answered 503, 5 times;');
      await vi.runAllTimersAsync();
      await refused;
      expect(began.map((time) => time - began[0])).toEqual([0, 300, 900, 2100, 4500]);
    });

    test('ends at the deadline, even if bytes arrive now and then', async () => {
      const begin = performance.now();
      let drops = 0;
      const drip: Fetch = async (_, { signal }) => {
        const body = new ReadableStream({
          start: (controller) => {
            const drop = (): void => {
              if (signal.aborted) return;
              drops += 1;
              controller.enqueue(Uint8Array.of(1));
              setTimeout(drop, 20_000);
            };
            signal.addEventListener('abort', () => controller.error(new Error('aborted')));
            drop();
          },
        });
        const headers = { 'content-range': `bytes 0-65535/${WEIGHTS.length}`, etag: '"1"' };
        return new Response(body, { status: 206, headers });
      };
      const slow = openUrl('https://host/w', { attempts: 9, pause: 1, fetch: drip });
      const refused = expect(slow).rejects.toThrow(/cannot be fetched within 3\d0 s: /);
      await vi.runAllTimersAsync();
      await refused;
      // 300 s, and the time of 64 KiB at 10 bytes per millisecond; every pause between bytes is below 30 s.
      expect(performance.now() - begin).toBeLessThan(330_000);
      expect(drops).toBe(16);
    });
  });

  test.each([400, 402, 405, 410, 418, 451, 501, 505])(
    'is not repeated after a permanent error: %d',
    async (status) => {
      servers.server.misbehave = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      await expect(servers.open()).rejects.toThrow(
        `the server answered ${status}; check the address`,
      );
      expect(servers.server.log).toHaveLength(1);
    },
  );

  test('carries the token to the hub, whose address is the default, and to no other host', async () => {
    const asked: [string, string | undefined][] = [];
    const fetch: Fetch = async (url, { headers }) => {
      asked.push([url, headers.Authorization]);
      return new Response(null, { status: 403 });
    };
    for (const location of ['hf://a/b/w', 'https://huggingface.co/w', 'https://huggingface.com/w'])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(openUrl(location, { token: 'secret', fetch })).rejects.toThrow('access denied');
    expect(asked).toEqual([
      ['https://huggingface.co/a/b/resolve/main/w', 'Bearer secret'],
      ['https://huggingface.co/w', 'Bearer secret'],
      ['https://huggingface.com/w', undefined],
    ]);
  });

  test.each([
    ['', true],
    ['identity', true],
    ['gzip', false],
  ])('is answered in ranges with the encoding %j: %j', async (encoding, isRead) => {
    const fetch: Fetch = async () =>
      new Response(Uint8Array.of(7), {
        status: 206,
        headers: { 'content-range': 'bytes 0-0/1', 'content-encoding': encoding, etag: '"1"' },
      });
    const opening = openUrl('https://host/w', { ...FAST, fetch });
    if (isRead) expect((await opening).size).toBe(1);
    else await expect(opening).rejects.toThrow('the server compresses ranges (gzip); download the');
  });

  test('of a file that has become shorter is refused, and each request ends what it began', async () => {
    const signals: AbortSignal[] = [];
    const sizes = [200_000, 100_010];
    const fetch: Fetch = async (_, { headers, signal }) => {
      signals.push(signal);
      const [from, to] = String(headers.Range).slice('bytes='.length).split('-').map(Number);
      const size = sizes[signals.length - 1];
      const end = Math.min(to + 1, size);
      return new Response(new Uint8Array(end - from), {
        status: 206,
        headers: { 'content-range': `bytes ${from}-${end - 1}/${size}`, etag: '"1"' },
      });
    };
    const source = await openUrl('https://host/w', { ...FAST, fetch });
    await expect(source.read(100_000, 1000)).rejects.toThrow(
      'https://host/w: changed while it was read: has 100010 bytes, fewer than it had; start again',
    );
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test.each(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'is not repeated after a permanent error of the connection: %s',
    async (code) => {
      let calls = 0;
      const fetch = async (): Promise<never> => {
        calls += 1;
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
      };
      await expect(openUrl('https://host/w', { ...FAST, fetch })).rejects.toThrow(
        `cannot be fetched: ${code}; check the address`,
      );
      expect(calls).toBe(1);
    },
  );

  test.each([401, 403])('asks for a token after an authorisation error: %d', async (status) => {
    servers.server.misbehave = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    await expect(servers.open()).rejects.toThrow(`access denied (${status}); set HF_TOKEN`);
    expect(servers.server.log).toHaveLength(1);
  });
});
