import { describe, expect, it } from 'vitest';
import { loadOptional } from '../../src/sweep/queue/load-optional.ts';
import { parseServerAddress } from '../../src/sweep/queue/server-address.ts';

describe('the address of a queue', () => {
  it('is shown without its password', () => {
    expect(parseServerAddress('rediss://me:p%40ss@host:7000/3')).toEqual({
      engine: 'redis',
      tls: true,
      host: 'host',
      port: 7000,
      user: 'me',
      password: 'p@ss',
      database: 3,
      shown: 'rediss://host:7000/3',
    });
    expect(parseServerAddress('nats://[::1]')).toMatchObject({ host: '::1', port: 4222 });
    expect(parseServerAddress('redis://:pass@host')).toMatchObject({
      password: 'pass',
      database: 0,
    });
  });

  it.each(['host:6379', 'http://host', 'redis://', 'redis://u:secret@host/name', 'nats://host/1'])(
    'is not %s',
    (text) => {
      expect(() => parseServerAddress(text)).toThrow(/^--queue: /);
      expect(() => parseServerAddress(text)).not.toThrow(/secret/);
    },
  );
});

it('names a package that is missing, and how to install it', async () => {
  const load = (): Promise<unknown> => import('no-such-package' as string);
  await expect(loadOptional('no-such-package', load)).rejects.toThrow(
    'this queue requires the package no-such-package, which is not installed; install it: npm install no-such-package',
  );
});
