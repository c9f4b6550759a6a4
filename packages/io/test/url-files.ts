import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openUrl, type UrlOptions } from '../src/bytes/index.ts';
import { encodeNpy, encodeSafetensors, type ByteSource } from '../src/index.ts';
import { rawZip } from './helpers.ts';
import { serve, type TestServer } from './server.ts';

/** Options with short pauses between attempts. */
export const FAST: UrlOptions = { pause: 1 };
/** Numbers in each tensor of the files. */
export const BIG = 300_000;
export const numbers = (seed: number): Float32Array =>
  Float32Array.from({ length: BIG }, (_, i) => (i * seed) % 1001);
/** Tensors a, b, c and d. */
export const WEIGHTS = encodeSafetensors(
  ['a', 'b', 'c', 'd'].map((name, i) => ({ name, shape: [BIG / 100, 100], data: numbers(i + 3) })),
);
export const NPZ = rawZip({
  name: 'W.npy',
  content: encodeNpy({ shape: [BIG], data: numbers(5) }),
  deflate: true,
});

/** Two servers with these files, whose logs begin anew with each test. */
export interface UrlServers {
  server: TestServer;
  other: TestServer;
  /** Opens a file of the first server. */
  readonly open: (path?: string, options?: UrlOptions) => Promise<ByteSource>;
}

/** Starts the servers before the tests of a file, and closes them after. */
export function urlServers(): UrlServers {
  const servers = {
    open: (path = '/m.safetensors', options: UrlOptions = {}) =>
      openUrl(servers.server.origin + path, { ...FAST, ...options }),
  } as UrlServers;
  beforeAll(async () => {
    servers.server = await serve({
      '/m.safetensors': WEIGHTS,
      '/W.npz': NPZ,
      '/empty': new Uint8Array(0),
    });
    servers.other = await serve({ '/m.safetensors': WEIGHTS });
  });
  afterAll(async () => {
    await servers.server.close();
    await servers.other.close();
  });
  beforeEach(() => {
    for (const each of [servers.server, servers.other]) {
      each.log.length = 0;
      each.misbehave = () => false;
    }
  });
  return servers;
}
