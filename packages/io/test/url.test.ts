import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openUrl, urlFolder, type UrlOptions } from '../src/bytes/index.ts';
import { encodeNpy, encodeSafetensors, openTensors, type ByteSource } from '../src/index.ts';
import { resolveHf, shownLocation } from '../src/bytes/hf-url.ts';
import { rawZip, sameBytes } from './helpers.ts';
import { serve, type TestServer } from './server.ts';

const FAST: UrlOptions = { pause: 1 };
const BIG = 300_000;
const numbers = (seed: number) => Float32Array.from({ length: BIG }, (_, i) => (i * seed) % 1001);
const WEIGHTS = encodeSafetensors(
  ['a', 'b', 'c', 'd'].map((name, i) => ({ name, shape: [BIG / 100, 100], data: numbers(i + 3) })),
);
const NPZ = rawZip({
  name: 'W.npy',
  content: encodeNpy({ shape: [BIG], data: numbers(5) }),
  deflate: true,
});

let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  server = await serve({ '/m.safetensors': WEIGHTS, '/W.npz': NPZ, '/empty': new Uint8Array(0) });
  other = await serve({ '/m.safetensors': WEIGHTS });
});
afterAll(async () => {
  await server.close();
  await other.close();
});
beforeEach(() => {
  for (const each of [server, other]) {
    each.log.length = 0;
    each.misbehave = () => false;
  }
});

const open = (path = '/m.safetensors', options: UrlOptions = {}): Promise<ByteSource> =>
  openUrl(server.origin + path, { ...FAST, ...options });
const sent = (): number => server.log.reduce((sum, { bytes }) => sum + bytes, 0);

/** Answers the first requests normally, later ones with `misbehave`. */
function after(requests: number, misbehave: TestServer['misbehave']): TestServer['misbehave'] {
  let seen = 0;
  return (request, response) => {
    seen += 1;
    return seen > requests && misbehave(request, response);
  };
}

describe('a file on a server', () => {
  test('costs its header and the bytes of the requested tensor', async () => {
    const file = await openTensors(await open());
    expect(server.log).toHaveLength(1);
    expect(sameBytes((await file.read('c')).data, numbers(5))).toBe(true);
    expect(server.log).toHaveLength(2);
    expect(sent()).toBe(65536 + 4 * BIG);
  });

  test('is read in exactly the requested ranges', async () => {
    const file = await openTensors(await open());
    const { read } = await file.open('b');
    const before = sent();
    expect(sameBytes(await read(100_000, 50_000), numbers(4).slice(100_000, 150_000))).toBe(true);
    expect(sent() - before).toBe(4 * 50_000);
  });

  test('needs few requests for many short reads', async () => {
    const source = await open();
    for (let at = 0; at < 600_000; at += 1000) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(sameBytes(await source.read(at, 1000), WEIGHTS.slice(at, at + 1000))).toBe(true);
    }
    // Windows of 64, 128, 256 and 512 kB.
    expect(server.log).toHaveLength(4);
  });

  test('may be compressed, and is then fetched once per pass', async () => {
    const file = await openTensors(await open('/W.npz'));
    const { read } = await file.open('W');
    for (let at = 0; at < BIG; at += 10_000) {
      // oxlint-disable-next-line no-await-in-loop -- one pass
      expect(sameBytes(await read(at, 10_000), numbers(5).slice(at, at + 10_000))).toBe(true);
    }
    expect(sent()).toBeLessThan(NPZ.length + 3 * 65536);
  });

  test('is rejected if it is empty', async () => {
    await expect(open('/empty').then((source) => openTensors(source))).rejects.toThrow('is empty');
  });

  test('is named if it is missing, and undefined in a folder', async () => {
    await expect(open('/none?secret=1')).rejects.toThrow(
      `${server.origin}/none: no such file (404); check the address`,
    );
    const folder = urlFolder(server.origin, FAST);
    expect(await folder.open('none')).toBeUndefined();
    expect((await folder.open('m.safetensors'))?.size).toBe(WEIGHTS.length);
    await expect(folder.open('../etc')).rejects.toThrow('leads out of the folder');
  });
});

describe('a request that fails', () => {
  test.each([500, 502, 503, 429, 408])(
    'is repeated after a temporary error: %d',
    async (status) => {
      let left = 2;
      server.misbehave = (_, response) => {
        if (left-- <= 0) return false;
        response.writeHead(status).end();
        return true;
      };
      expect((await open()).size).toBe(WEIGHTS.length);
      expect(server.log).toHaveLength(3);
    },
  );

  test('is repeated after a connection that drops before or within the body', async () => {
    const source = await open();
    let left = 2;
    server.misbehave = (_, response) => {
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
    expect(server.log).toHaveLength(4);
  });

  test('ends in one line after the last attempt', async () => {
    server.misbehave = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    await expect(open('/m.safetensors', { attempts: 3 })).rejects.toMatchObject({
      name: 'FormatError',
      message: `${server.origin}/m.safetensors: cannot be fetched: the server answered 503, 3 times; check the connection and try again`,
    });
    expect(server.log).toHaveLength(3);
    // Systems never assign this port, so nothing listens there.
    await expect(openUrl('http://127.0.0.1:2/x', { ...FAST, attempts: 2 })).rejects.toThrow(
      'cannot be fetched: ECONNREFUSED, 2 times',
    );
  });

  test('ends after a timeout without any answer', async () => {
    server.misbehave = () => true;
    await expect(open('/m.safetensors', { attempts: 2, timeout: 50 })).rejects.toThrow(
      'cannot be fetched: no answer within 0.05 s, 2 times',
    );
  });

  test.each([400, 402, 405, 410, 418, 451, 501, 505])(
    'is not repeated after a permanent error: %d',
    async (status) => {
      server.misbehave = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      await expect(open()).rejects.toThrow(`the server answered ${status}; check the address`);
      expect(server.log).toHaveLength(1);
    },
  );

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

  test('ends at the deadline, even if bytes arrive now and then', async () => {
    server.misbehave = (_, response) => {
      response.writeHead(206, {
        'content-range': `bytes 0-65535/${WEIGHTS.length}`,
        etag: '"1"',
      });
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
      return true;
    };
    const slow = openUrl(`${server.origin}/m.safetensors`, {
      ...FAST,
      timeout: 5000,
      deadline: 200,
    });
    await expect(slow).rejects.toThrow(/cannot be fetched within \d+(?:\.\d+)? s: /);
  });

  test.each([401, 403])('asks for a token after an authorisation error: %d', async (status) => {
    server.misbehave = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    await expect(open()).rejects.toThrow(`access denied (${status}); set HF_TOKEN`);
    expect(server.log).toHaveLength(1);
  });
});

describe('a server', () => {
  const whole =
    (body: Uint8Array): TestServer['misbehave'] =>
    (_, response) => {
      response.writeHead(200).end(body);
      return true;
    };

  test('without ranges has small files read whole and large ones refused with the fix', async () => {
    server.misbehave = whole(WEIGHTS);
    const file = await openTensors(await open());
    expect(sameBytes((await file.read('a')).data, numbers(3))).toBe(true);
    expect(server.log).toHaveLength(1);
    server.misbehave = whole(new Uint8Array(17 * 2 ** 20));
    await expect(open()).rejects.toThrow(
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
    server.misbehave = (__, response) => {
      response.writeHead(206, headers);
      response.end('0123456789');
      return true;
    };
    await expect(open()).rejects.toThrow(message);
    expect(server.log).toHaveLength(1);
  });

  test('cannot make the reader allocate more by claiming a larger size', async () => {
    server.misbehave = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-65535/9000000000000000', etag: '"1"' });
      response.end(WEIGHTS.subarray(0, 65536));
      return true;
    };
    const source = await open('/m.safetensors', { attempts: 2 });
    server.misbehave = (request, response) => {
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
    const source = await open();
    server.misbehave = (__, response) => {
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
    server.misbehave = withoutTag(() => WEIGHTS);
    const source = await open();
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
    server.misbehave = withoutTag(() => content);
    const source = await open();
    content = WEIGHTS.map((byte) => byte ^ 1);
    await expect(source.read(at, 70_000)).rejects.toThrow(
      /changed while it was read: the bytes from \d+ on are no longer the same; start again/,
    );
  });

  test('without ETags is rejected if Last-Modified changes', async () => {
    const headers = { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    server.misbehave = withoutTag(() => WEIGHTS, headers);
    const source = await open();
    const later = { 'last-modified': 'Mon, 01 Jan 2024 00:00:07 GMT' };
    server.misbehave = withoutTag(() => WEIGHTS, later);
    await expect(source.read(100_000, 70_000)).rejects.toThrow('was modified Mon, 01 Jan 2024');
  });

  test('is rejected if its file disappears during reading', async () => {
    const source = await open();
    server.misbehave = (_, response) => {
      response.writeHead(404).end();
      return true;
    };
    await expect(source.read(100_000, 200_000)).rejects.toThrow('is gone (404); start again');
  });
});

describe('a redirect', () => {
  const toOther: TestServer['misbehave'] = (_, response) => {
    response.writeHead(302, { location: `${other.origin}/m.safetensors` }).end();
    return true;
  };

  test('is followed once, and again when its target expires', async () => {
    server.misbehave = toOther;
    const source = await open();
    await source.read(100_000, 200_000);
    expect([server.log.length, other.log.length]).toEqual([1, 2]);
    let refused = false;
    other.misbehave = (_, response) => {
      if (refused) return false;
      refused = true;
      response.writeHead(403).end();
      return true;
    };
    expect(sameBytes(await source.read(400_000, 100_000), WEIGHTS.slice(400_000, 500_000))).toBe(
      true,
    );
    expect([server.log.length, other.log.length]).toEqual([2, 4]);
  });

  test('does not send the token to another host, but sends it to the hub with every request', async () => {
    server.misbehave = after(1, toOther);
    const source = await open('/m.safetensors', { token: 'secret', endpoint: server.origin });
    await source.read(100_000, 200_000);
    await source.read(400_000, 100_000);
    expect(server.log.map(({ token }) => token)).toEqual(['Bearer secret', 'Bearer secret']);
    expect(other.log.map(({ token }) => token)).toEqual([undefined, undefined]);
  });

  test('does not send a token to any host except the hub', async () => {
    await open('/m.safetensors', { token: 'secret' });
    await open('/m.safetensors', { token: 'secret', endpoint: other.origin });
    expect(server.log.map(({ token }) => token)).toEqual([undefined, undefined]);
  });
});

describe('a token', () => {
  test.each([
    'hf_secret\n',
    'hf_secret\r\nX-Other: 1',
    ' hf_secret',
    'hf_sécret',
    'hf_secret\u2028',
    'hf_secret\0',
    '',
  ])('is checked before it is sent, and never shown: %j', async (token) => {
    const options = { ...FAST, token, endpoint: server.origin };
    for (const opening of [
      openUrl(`${server.origin}/m.safetensors`, options),
      openUrl('hf://a/b/m.safetensors', options),
      urlFolder('hf://a/b', options).open('m.safetensors'),
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = (await opening.catch((caught: unknown) => caught)) as Error;
      expect(error.message).toMatch(/the token holds a line break, a space or another character/);
      expect(inspect(error, { depth: 9 })).not.toMatch(/s[eé]cret/);
    }
    expect(server.log).toHaveLength(0);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['an error of the server', (response) => response.writeHead(503).end()],
    ['a refusal', (response) => response.writeHead(403).end()],
    ['an unknown status', (response) => response.writeHead(418).end()],
    ['a dropped connection', (response) => response.destroy()],
    ['a wrong range', (response) => response.writeHead(206, { 'content-range': 'x' }).end()],
    ['a redirect without end', (response) => response.writeHead(302, { location: '/' }).end()],
    ['a redirect to nowhere', (response) => response.writeHead(302, { location: 'x://' }).end()],
  ])('is not shown after %s', async (_, answer) => {
    server.misbehave = (__, response) => {
      answer(response);
      return true;
    };
    const options = { ...FAST, attempts: 2, token: 'hf_secret', endpoint: server.origin };
    const error = await openUrl('hf://a/b/w', options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 9 })).not.toContain('secret');
    expect(server.log[0].token).toBe('Bearer hf_secret');
  });

  test('is not shown if fetch itself shows it', async () => {
    const fetch = async (): Promise<never> => {
      throw new TypeError('Headers.append: "Bearer hf_secret" is an invalid header value.');
    };
    const options = { ...FAST, fetch, token: 'hf_secret', endpoint: 'https://hub' };
    const error = (await openUrl('https://hub/w', options).catch((caught) => caught)) as Error;
    expect(error.message).toContain('(token)');
    expect(error.message).not.toContain('secret');
  });
});

describe('hf://', () => {
  test.each([
    'hf://a/b/../../c/d/resolve/main/x',
    'hf://a/b/x/./y',
    'hf://a/b/..',
    'hf://a/b@../x',
    'hf://a/b@%2e%2e/x',
    'hf://a/b@v%2F..%2F../x',
    'hf://datasets/a/b/../x',
  ])('refuses a path that leads elsewhere: %s', (location) => {
    expect(() => resolveHf(location)).toThrow(/may lead out of the repository/);
  });

  test.each([
    ['hf://a/b/c/d.bin', 'https://huggingface.co/a/b/resolve/main/c/d.bin'],
    ['hf://a/b@v1/d.bin', 'https://huggingface.co/a/b/resolve/v1/d.bin'],
    ['hf://a/b@refs%2Fpr%2F1/x y', 'https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/x%20y'],
    ['hf://datasets/a/b/d', 'https://huggingface.co/datasets/a/b/resolve/main/d'],
    ['hf://a/b', 'https://huggingface.co/a/b/resolve/main/'],
    ['https://x/y', 'https://x/y'],
  ])('resolves %s to %s', (location, url) => {
    expect(resolveHf(location)).toBe(url);
  });

  test.each([
    'hf://',
    'hf://a',
    'hf://a/',
    'hf://a/@v/x',
    'hf://a/b@/x',
    'hf://../b/x',
    'hf://a/b@c@d',
  ])('rejects %s', (location) => {
    expect(() => resolveHf(location)).toThrow(
      `${location}: is not of the form hf://owner/repository[@revision]/path`,
    );
  });

  test.each([
    ['hf://secret@a/b/x', 'hf://a/b/x: has a user or token in its address, which is not sent'],
    ['hf://a?token=secret', 'hf://a: is not of the form'],
  ])('does not show secrets of %s', (location, message) => {
    expect(() => resolveHf(location)).toThrow(message);
    expect(() => resolveHf(location)).not.toThrow('secret');
    expect(shownLocation(location)).not.toContain('secret');
  });

  test('shows a path unchanged, whatever it contains', () => {
    expect(shownLocation('a@b?c#d')).toBe('a@b?c#d');
    expect(shownLocation('https://u:p@p@x/y@z?q=1')).toBe('https://x/y@z');
  });

  test('is fetched from the endpoint', async () => {
    server.files.set('/a/b/resolve/main/m.safetensors', WEIGHTS);
    const source = await openUrl('hf://a/b/m.safetensors', {
      ...FAST,
      endpoint: `${server.origin}/`,
    });
    expect(source.name).toBe('hf://a/b/m.safetensors');
    expect(source.size).toBe(WEIGHTS.length);
    await expect(openUrl('hf://a/b/none', { ...FAST, endpoint: server.origin })).rejects.toThrow(
      'hf://a/b/none: no such file (404); check owner, repository, revision and path',
    );
    await expect(openUrl('hf://a/b/none', { endpoint: 'ftp://x' })).rejects.toThrow('HF_ENDPOINT');
  });
});

test('an address with a password is rejected, and not shown', async () => {
  await expect(openUrl('https://me:secret@host/x?key=1')).rejects.toThrow(
    'https://host/x: has a user or password in its address, which is not sent',
  );
  await expect(openUrl('http://')).rejects.toThrow('is not a valid address');
});
