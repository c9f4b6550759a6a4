import { describe, expect, test } from 'vitest';
import { openTensors } from '../src/index.ts';
import { sameBytes } from './helpers.ts';
import { numbers, urlServers, WEIGHTS } from './url-files.ts';
import type { TestServer } from './server.ts';

const servers = urlServers();

describe('a server', () => {
  const whole =
    (body: Uint8Array): TestServer['misbehave'] =>
    (_, response) => {
      response.writeHead(200).end(body);
      return true;
    };

  test('without ranges has small files read whole and large ones refused with the fix', async () => {
    servers.server.misbehave = whole(WEIGHTS);
    const file = await openTensors(await servers.open());
    expect(sameBytes((await file.read('a')).data, numbers(3))).toBe(true);
    expect(servers.server.log).toHaveLength(1);
    servers.server.misbehave = whole(new Uint8Array(17 * 2 ** 20));
    await expect(servers.open()).rejects.toThrow(
      /does not support ranges .* download it and give its path$/,
    );
  });

  test.each<[string, Record<string, string>, string]>([
    ['another range', { 'content-range': 'bytes 5-9/99' }, 'Content-Range "bytes 5-9/99"'],
    ['no range', {}, 'the server does not tell its size'],
    ['an unknown size', { 'content-range': 'bytes 0-9/*' }, 'Content-Range "bytes 0-9/*"'],
    ['a size beyond 2^53', { 'content-range': 'bytes 0-9/99999999999999999' }, 'Content-Range'],
    [
      'more than was asked for',
      { 'content-range': 'bytes 0-99999999/999999999' },
      'Content-Range "bytes 0-99999999/999999999" to 0-65535',
    ],
    [
      'more bytes than it says',
      { 'content-range': 'bytes 0-1/2' },
      'sent more than the 2 bytes of its Content-Range',
    ],
    [
      'compressed ranges',
      { 'content-range': 'bytes 0-9/10', 'content-encoding': 'x-zip' },
      'the server compresses ranges (x-zip)',
    ],
  ])('is rejected if it answers with %s', async (_, headers, message) => {
    servers.server.misbehave = (__, response) => {
      response.writeHead(206, headers);
      response.end('0123456789');
      return true;
    };
    await expect(servers.open()).rejects.toThrow(message);
    expect(servers.server.log).toHaveLength(1);
  });

  test('cannot make the reader allocate more by claiming a larger size', async () => {
    servers.server.misbehave = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-65535/9000000000000000', etag: '"1"' });
      response.end(WEIGHTS.subarray(0, 65536));
      return true;
    };
    const source = await servers.open('/m.safetensors', { attempts: 2 });
    servers.server.misbehave = (request, response) => {
      const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      response.writeHead(206, {
        'content-range': `bytes ${from}-${to}/9000000000000000`,
        etag: '"1"',
      });
      response.end('short');
      return true;
    };
    await expect(source.read(0, 8_000_000_000_000_000)).rejects.toThrow('cannot be fetched');
  });

  test.each<[string, Record<string, string>, string]>([
    ['ETag', { etag: '"2"' }, 'is another version by its ETag'],
    ['size', { 'content-range': 'bytes 100000-299999/7000000', etag: '"1"' }, 'has 7000000 bytes'],
  ])('is rejected if its file changes, detected by %s', async (_, headers, message) => {
    const source = await servers.open();
    servers.server.misbehave = (__, response) => {
      response.writeHead(206, {
        'content-range': `bytes 100000-299999/${WEIGHTS.length}`,
        ...headers,
      });
      response.end(WEIGHTS.subarray(100_000, 300_000));
      return true;
    };
    await expect(source.read(100_000, 200_000)).rejects.toThrow(
      `changed while it was read: ${message}`,
    );
  });

  /** Serves `content()` in ranges without an ETag. */
  const withoutTag =
    (content: () => Uint8Array, headers: Record<string, string> = {}): TestServer['misbehave'] =>
    ({ headers: { range = '' } }, response) => {
      const bytes = content();
      const [, from, to] = /(\d+)-(\d+)/.exec(range) ?? [];
      const body = bytes.subarray(Number(from), Number(to) + 1);
      const end = Number(from) + body.length - 1;
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${end}/${bytes.length}`,
      });
      response.end(body);
      return true;
    };

  test('without ETags is read whole if its file stays the same', async () => {
    servers.server.misbehave = withoutTag(() => WEIGHTS);
    const source = await servers.open();
    for (const [at, length] of [
      [65_536, 100_000],
      [165_536, 70_000],
      [700_000, 90_000],
      [300_000, 80_000],
      [100, 10],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(sameBytes(await source.read(at, length), WEIGHTS.slice(at, at + length))).toBe(true);
    }
  });

  test.each([
    ['a range that continues where the last one ended', 65_536],
    ['a range a little further on', 80_000],
    ['a range far from all others', 900_000],
  ])('without ETags is rejected if its file changes before %s', async (_, at) => {
    let content = WEIGHTS;
    servers.server.misbehave = withoutTag(() => content);
    const source = await servers.open();
    content = WEIGHTS.map((byte) => byte ^ 1);
    await expect(source.read(at, 70_000)).rejects.toThrow(
      /changed while it was read: the bytes from \d+ on are no longer the same; start again/,
    );
  });

  test('without ETags is rejected if Last-Modified changes', async () => {
    const headers = { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    servers.server.misbehave = withoutTag(() => WEIGHTS, headers);
    const source = await servers.open();
    const later = { 'last-modified': 'Mon, 01 Jan 2024 00:00:07 GMT' };
    servers.server.misbehave = withoutTag(() => WEIGHTS, later);
    await expect(source.read(100_000, 70_000)).rejects.toThrow('was modified Mon, 01 Jan 2024');
  });

  test('is rejected if its file disappears during reading', async () => {
    const source = await servers.open();
    servers.server.misbehave = (_, response) => {
      response.writeHead(404).end();
      return true;
    };
    await expect(source.read(100_000, 200_000)).rejects.toThrow('is gone (404); start again');
  });
});
