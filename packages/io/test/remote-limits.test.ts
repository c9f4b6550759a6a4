/* oxlint-disable no-await-in-loop -- one after the other */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readBody } from '../src/bytes/http-body.ts';
import { readAhead, WINDOW } from '../src/bytes/read-ahead.ts';
import { limiter, retried, Transient } from '../src/bytes/retry.ts';
import { openUrl } from '../src/bytes/index.ts';

afterEach(() => vi.restoreAllMocks());

/** Replaces waiting: notes how long each pause is, and ends it at once. */
function pauses(): number[] {
  const noted: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((end: () => void, ms: number) => {
    noted.push(ms);
    end();
  }) as typeof setTimeout);
  return noted;
}

describe('attempts', () => {
  const patience = { attempts: 5, pause: 10, until: Infinity, name: 'x' };
  const failing = (after: string | null) => () => Promise.reject(new Transient('busy', { after }));

  test('pause twice as long each time, and name the last failure', async () => {
    const noted = pauses();
    await expect(retried(patience, failing(null))).rejects.toThrow(
      'x: cannot be fetched: busy, 5 times; check the connection and try again',
    );
    expect(noted).toEqual([10, 20, 40, 80]);
  });

  test.each([
    ['3', 3000],
    ['0.001', 1],
    ['20', 20_000],
    ['21', 20_000],
    ['0', 10],
    ['-5', 10],
    ['soon', 10],
    ['', 10],
  ])('wait as a server asks that answers Retry-After: %s', async (after, expected) => {
    const noted = pauses();
    await expect(retried({ ...patience, attempts: 2 }, failing(after))).rejects.toThrow('2 times');
    expect(noted).toEqual([expected]);
  });

  test('end before a pause that would go beyond the deadline, and with the first other error', async () => {
    const noted = pauses();
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    await expect(retried({ ...patience, pause: 40, until: 1200 }, failing(null))).rejects.toThrow(
      'x: cannot be fetched within 0.2 s: busy; check the connection and try again',
    );
    expect(noted).toEqual([40, 80, 160]);
    await expect(retried({ ...patience, pause: 200, until: 1200 }, failing(null))).rejects.toThrow(
      'within 0.2 s',
    );
    expect(noted).toHaveLength(3);
    await expect(retried(patience, () => Promise.reject(new Error('other')))).rejects.toThrow(
      /^other$/,
    );
    expect(noted).toHaveLength(3);
  });

  test('return what the first that succeeds returns', async () => {
    pauses();
    let asked = 0;
    const run = async () => {
      if (++asked < 3) throw new Transient('busy');
      return asked;
    };
    expect(await retried(patience, run)).toBe(3);
  });
});

test('a limiter runs so many functions at once, in order, and goes on after failures', async () => {
  const limited = limiter(2);
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 7 }, (_, i) =>
      limited(async () => {
        begun.push(i);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (i % 3 === 0) throw new Error('no');
        return i;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'no'))).toEqual([
    'no',
    1,
    2,
    'no',
    4,
    5,
    'no',
  ]);
  // All have ended, so two may begin again.
  expect(await Promise.all([limited(async () => 'a'), limited(async () => 'b')])).toEqual([
    'a',
    'b',
  ]);
});

describe('an answer of a server', () => {
  const RETRIED = [408, 429, 500, 502, 503, 504, 507, 508, 510, 512, 599];
  const DENIED = 'access denied';
  test.each<[number, number, string]>([
    ...RETRIED.map((status): [number, number, string] => [
      status,
      3,
      `https://host/w: cannot be fetched: the server answered ${status}, 3 times; check the connection and try again`,
    ]),
    ...[400, 402, 405, 410, 418, 501, 505, 511].map((status): [number, number, string] => [
      status,
      1,
      `https://host/w: the server answered ${status}; check the address`,
    ]),
    [401, 1, `${DENIED} (401); set HF_TOKEN if it needs a token`],
    [403, 1, `${DENIED} (403); set HF_TOKEN if it needs a token`],
    [404, 1, 'https://host/w: no such file (404); check the address'],
    [416, 1, 'https://host/w: the server answered 416; check the address'],
  ])('%d is asked for %d times', async (status, times, message) => {
    let asked = 0;
    const fetch = async () => (asked++, new Response('', { status }));
    await expect(openUrl('https://host/w', { fetch, attempts: 3, pause: 0.01 })).rejects.toThrow(
      message,
    );
    expect(asked).toBe(times);
  });

  test('leaves no timer behind that would keep a program from ending', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    for (const status of [200, 400]) {
      const fetch = async () => new Response('abc', { status });
      await openUrl('https://host/w', { fetch }).catch(() => undefined);
    }
    const ids = new Set(cleared.mock.calls.map(([id]) => id));
    expect(set.mock.results.length).toBeGreaterThan(3);
    expect(set.mock.results.filter(({ value }) => !ids.has(value))).toEqual([]);
  });

  test('is waited for until the deadline, which grows with the bytes that are asked for', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    vi.spyOn(performance, 'now').mockReturnValue(5000);
    const fetch = async () => new Response('abc');
    await openUrl('https://host/w', { fetch, deadline: 1000, timeout: 70 });
    // 10 bytes per millisecond, of one window.
    expect(set.mock.calls[0][1]).toBeCloseTo(1000 + WINDOW / 10, 9);
    expect(set.mock.calls.slice(1).every(([, ms]) => ms === 70)).toBe(true);
    set.mockClear();
    await openUrl('https://host/w', { fetch, deadline: 1e12 });
    expect(set.mock.calls.map(([, ms]) => ms)).toContain(2 ** 31 - 1);
    expect(set.mock.calls.map(([, ms]) => ms)).toContain(30_000);
  });

  test('has at most so many bytes', async () => {
    const body = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    let parts = 0;
    const read = (most: number, headers = {}) =>
      readBody(new Response(body, { headers }), most, () => parts++);
    expect(await read(100_000)).toEqual(body);
    expect(await read(200_000)).toEqual(body);
    expect(parts).toBeGreaterThan(1);
    expect(await read(99_999)).toBeUndefined();
    expect(await read(99_999, { 'content-length': '100000' })).toBeUndefined();
    expect(await read(100_000, { 'content-length': '100000' })).toEqual(body);
    expect(await readBody(new Response(null), 5, () => parts++)).toEqual(new Uint8Array(0));
  });

  test('416 for an empty file is that file', async () => {
    const headers = { 'content-range': 'bytes */0' };
    const fetch = async () => new Response('', { status: 416, headers });
    const empty = await openUrl('https://host/w', { fetch });
    expect(empty.size).toBe(0);
    expect(await empty.read(0, 0)).toEqual(new Uint8Array(0));
    await expect(empty.read(0, 1)).rejects.toThrow('1 bytes at offset 0 exceed its 0 bytes');
  });

  test('is asked for from the first byte to the last one that is wanted', async () => {
    const size = 3 * WINDOW;
    const ranges: string[] = [];
    const fetch = async (_: unknown, { headers }: { headers: Record<string, string> }) => {
      ranges.push(headers.Range);
      const [from, to] = (/\d+-\d+/.exec(headers.Range)?.[0] ?? '').split('-').map(Number);
      const last = Math.min(to, size - 1);
      return new Response(new Uint8Array(last - from + 1).fill(from / WINDOW), {
        status: 206,
        headers: { 'content-range': `bytes ${from}-${last}/${size}`, etag: '"1"' },
      });
    };
    const file = await openUrl('https://host/w', { fetch: fetch as typeof globalThis.fetch });
    expect([...(await file.read(0, 2))]).toEqual([0, 0]);
    expect([...(await file.read(size - 1, 1))]).toEqual([255 & ((size - 1) / WINDOW)]);
    expect(ranges).toEqual([`bytes=0-${WINDOW - 1}`, `bytes=${size - 1}-${size - 1}`]);
    await expect(file.read(size - 1, 2)).rejects.toThrow('exceed its');
    await expect(file.read(-1, 1)).rejects.toThrow('https://host/w');
    expect(ranges).toHaveLength(2);
  });
});

describe('reading ahead', () => {
  const size = 40 * WINDOW;
  function logged(start?: Uint8Array) {
    const asked: [number, number][] = [];
    const read = readAhead(
      size,
      async (offset, length) => {
        asked.push([offset / WINDOW, length / WINDOW]);
        const bytes = new Uint8Array(length);
        // Numbers at the ends of quarters of a window, where ranges begin and end.
        for (let i = 0; i < length; i += WINDOW / 4) {
          bytes[i] = (offset + i) % 251;
          bytes[i + WINDOW / 4 - 1] = (offset + i + WINDOW / 4 - 1) % 251;
        }
        return bytes;
      },
      start,
    );
    const check = async (offset: number, length: number): Promise<void> => {
      const bytes = await read(offset * WINDOW, length * WINDOW);
      expect(bytes.length).toBe(length * WINDOW);
      expect([bytes[0], bytes.at(-1)]).toEqual([
        (offset * WINDOW) % 251,
        ((offset + length) * WINDOW - 1) % 251,
      ]);
    };
    return { asked, check };
  }

  test('fetches a long range as it is, each time, without what a window has', async () => {
    const { asked, check } = logged();
    await check(3, 1);
    await check(3, 1);
    expect(asked).toEqual([
      [3, 1],
      [3, 1],
    ]);
    await check(8, 0.5);
    await check(8, 3);
    expect(asked.slice(2)).toEqual([
      [8, 1],
      [9, 2],
    ]);
  });

  test('gives bytes that its reader may change', async () => {
    const read = readAhead(size, async (_, length) => new Uint8Array(length));
    const bytes = await read(0, 5);
    bytes.fill(7);
    expect(await read(0, 5)).toEqual(new Uint8Array(5));
  });

  test('fetches windows that grow while it goes forward, up to 2 MB', async () => {
    const { asked, check } = logged(new Uint8Array(0));
    for (let at = 0; at < 39.5; at += 0.5) await check(at, 0.5);
    expect(asked).toEqual([
      [0, 1],
      [1, 2],
      [3, 4],
      [7, 8],
      [15, 16],
      [31, 9],
    ]);
    const far = logged();
    for (let at = 0; at < 8; at++) await far.check(at * 4, 0.5);
    for (let at = 0; at < 8; at++) await far.check(at * 4 + 0.25, 0.5);
    expect(far.asked).toHaveLength(8);
    // A ninth window takes the place of the one that was used first.
    await far.check(36, 0.5);
    await far.check(4, 0.5);
    expect(far.asked).toHaveLength(9);
    await far.check(0, 0.5);
    expect(far.asked).toHaveLength(10);
  });
});
