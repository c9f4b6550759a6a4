import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import {
  engineNames,
  findProgram,
  installEngines,
  missingPrograms,
  whyNot,
} from '../scripts/engines/find.mjs';

const empty = mkdtempSync(join(tmpdir(), 'polysem-engines-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('the servers that tests start', () => {
  it('are missing on a machine without them, with the packages to install', () => {
    for (const engine of engineNames) expect(missingPrograms(engine, [empty])).not.toEqual([]);
    expect(whyNot('redis', [empty])).toBe(
      'not installed: redis-server (Debian: apt-get install redis-server)',
    );
  });

  it('are found in the first folder that has them', () => {
    writeFileSync(join(empty, 'nats-server'), '');
    expect(findProgram('nats-server', ['/none', empty])).toBe(join(empty, 'nats-server'));
    expect(whyNot('nats', [empty])).toBe(null);
  });

  it('are installed without their services, all at once', () => {
    const calls: string[] = [];
    installEngines(['redis', 'nats'], (program, words) =>
      calls.push([program, ...words].join(' ')),
    );
    expect(calls).toEqual([
      'apt-get update -qq',
      'apt-get install -y -qq --no-install-recommends redis-server nats-server',
    ]);
  });

  it('can be turned off', () => {
    vi.stubEnv('POLYSEM_ENGINES', 'none');
    expect(whyNot('redis')).toBe('POLYSEM_ENGINES=none excludes redis');
  });
});
