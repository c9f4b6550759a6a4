import { describe, expect, test } from 'vitest';
import { urlFolder } from '../src/bytes/index.ts';
import { openTensors } from '../src/index.ts';
import { sameBytes } from './helpers.ts';
import { BIG, FAST, NPZ, numbers, urlServers, WEIGHTS } from './url-files.ts';
import type { TestServer } from './server.ts';

const servers = urlServers();

const sent = (): number => servers.server.log.reduce((sum, { bytes }) => sum + bytes, 0);

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
    const file = await openTensors(await servers.open());
    expect(servers.server.log).toHaveLength(1);
    expect(sameBytes((await file.read('c')).data, numbers(5))).toBe(true);
    expect(servers.server.log).toHaveLength(2);
    expect(sent()).toBe(65536 + 4 * BIG);
  });

  test('is read in exactly the requested ranges', async () => {
    const file = await openTensors(await servers.open());
    const { read } = await file.open('b');
    const before = sent();
    expect(sameBytes(await read(100_000, 50_000), numbers(4).slice(100_000, 150_000))).toBe(true);
    expect(sent() - before).toBe(4 * 50_000);
  });

  test('needs few requests for many short reads', async () => {
    const source = await servers.open();
    for (let at = 0; at < 600_000; at += 1000) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(sameBytes(await source.read(at, 1000), WEIGHTS.slice(at, at + 1000))).toBe(true);
    }
    // Windows of 64, 128, 256 and 512 kB.
    expect(servers.server.log).toHaveLength(4);
  });

  test('may be compressed, and is then fetched once per pass', async () => {
    const file = await openTensors(await servers.open('/W.npz'));
    const { read } = await file.open('W');
    for (let at = 0; at < BIG; at += 10_000) {
      // oxlint-disable-next-line no-await-in-loop -- one pass
      expect(sameBytes(await read(at, 10_000), numbers(5).slice(at, at + 10_000))).toBe(true);
    }
    expect(sent()).toBeLessThan(NPZ.length + 3 * 65536);
  });

  test('is rejected if it is empty', async () => {
    await expect(servers.open('/empty').then((source) => openTensors(source))).rejects.toThrow(
      'is empty',
    );
  });

  test('is named if it is missing, and undefined in a folder', async () => {
    await expect(servers.open('/none?secret=1')).rejects.toThrow(
      `${servers.server.origin}/none: no such file (404); check the address`,
    );
    const folder = urlFolder(servers.server.origin, FAST);
    expect(await folder.open('none')).toBeUndefined();
    expect((await folder.open('m.safetensors'))?.size).toBe(WEIGHTS.length);
    await expect(folder.open('../etc')).rejects.toThrow('leads out of the folder');
  });
});

describe('a redirect', () => {
  const toOther: TestServer['misbehave'] = (_, response) => {
    response.writeHead(302, { location: `${servers.other.origin}/m.safetensors` }).end();
    return true;
  };

  test('is followed once, and again when its target expires', async () => {
    servers.server.misbehave = toOther;
    const source = await servers.open();
    await source.read(100_000, 200_000);
    expect([servers.server.log.length, servers.other.log.length]).toEqual([1, 2]);
    let refused = false;
    servers.other.misbehave = (_, response) => {
      if (refused) return false;
      refused = true;
      response.writeHead(403).end();
      return true;
    };
    expect(sameBytes(await source.read(400_000, 100_000), WEIGHTS.slice(400_000, 500_000))).toBe(
      true,
    );
    expect([servers.server.log.length, servers.other.log.length]).toEqual([2, 4]);
  });

  test('does not send the token to another host, but sends it to the hub with every request', async () => {
    servers.server.misbehave = after(1, toOther);
    const source = await servers.open('/m.safetensors', {
      token: 'secret',
      endpoint: servers.server.origin,
    });
    await source.read(100_000, 200_000);
    await source.read(400_000, 100_000);
    expect(servers.server.log.map(({ token }) => token)).toEqual([
      'Bearer secret',
      'Bearer secret',
    ]);
    expect(servers.other.log.map(({ token }) => token)).toEqual([undefined, undefined]);
  });

  test('does not send a token to any host except the hub', async () => {
    await servers.open('/m.safetensors', { token: 'secret' });
    await servers.open('/m.safetensors', { token: 'secret', endpoint: servers.other.origin });
    expect(servers.server.log.map(({ token }) => token)).toEqual([undefined, undefined]);
  });
});
