import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBody } from '../src/bytes/http-body.ts';
import { rangeClient, type Fetch } from '../src/bytes/range-client.ts';

const part = (range: string): Response =>
  new Response('abcd', { status: 206, headers: { 'content-range': range, etag: '"1"' } });

test('a file that a server sends whole is read in ranges from memory', async () => {
  const client = await rangeClient('https://host/w', 'w', {
    fetch: async () => new Response('abcdef'),
  });
  expect(client?.size).toBe(6);
  expect(new TextDecoder().decode(await client?.fetchRange(1, 2))).toBe('bc');
});

test.each(['bytes 1-4/100000', 'bytes 0-65536/100000', 'bytes 0-3'])(
  'another range than the one asked for, %s, is refused with both',
  async (range) => {
    const opening = rangeClient('https://host/w', 'w', { fetch: async () => part(range) });
    await expect(opening).rejects.toThrow(
      `w: the server answered with Content-Range "${range}" to 0-65535`,
    );
  },
);

test('a body that says it is too long is not read', async () => {
  let began = 0;
  const body = {
    getReader: () => {
      began++;
      return { read: async () => ({ done: true }) };
    },
  };
  const response = (length: string) => ({
    status: 200,
    url: '',
    headers: new Headers({ 'content-length': length }),
    body,
  });
  expect(await readBody(response('11'), 10, () => {})).toBeUndefined();
  expect(began).toBe(0);
  expect(await readBody(response('10'), 10, () => {})).toEqual(new Uint8Array(0));
  expect(began).toBe(1);
});

describe('30 s without a byte', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A server whose answer, and then its body, come after 20 s each; without bytes the body never ends. */
  const slow =
    (bytes: string | null): Fetch =>
    async (_, { signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      const body = new ReadableStream({
        start: (controller) => {
          signal.addEventListener('abort', () => controller.error(new Error('aborted')));
          if (bytes === null) return;
          setTimeout(() => {
            if (signal.aborted) return;
            controller.enqueue(new TextEncoder().encode(bytes));
            controller.close();
          }, 20_000);
        },
      });
      const headers = { 'content-range': 'bytes 0-3/4', etag: '"1"' };
      return new Response(body, { status: 206, headers });
    };

  test('count from the beginning of an answer', async () => {
    const opening = rangeClient('https://host/w', 'w', { attempts: 1, fetch: slow('abcd') });
    const opened = expect(opening).resolves.toMatchObject({ size: 4 });
    await vi.runAllTimersAsync();
    await opened;
  });

  test('end a request also within its body', async () => {
    const begin = performance.now();
    const opening = rangeClient('https://host/w', 'w', { attempts: 1, fetch: slow(null) });
    const refused = expect(opening).rejects.toThrow('the connection ended early');
    await vi.runAllTimersAsync();
    await refused;
    expect(performance.now() - begin).toBe(50_000);
  });
});
