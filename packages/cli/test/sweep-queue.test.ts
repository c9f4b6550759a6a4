/* oxlint-disable no-await-in-loop -- a queue is watched */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNot } from '../../../scripts/engines/find.mjs';
import { startRedis, type TestServer } from '../../../scripts/engines/start.mjs';
import { openServer } from '../../runs/src/sweep/queue/open-server.ts';
import { program } from '../../../test/program.ts';
import { polysem, scratch } from './polysem.ts';

const SPEC = `name: queued
compute: allocate
parameters: { importance: [4, 2, 1, 0.5], kurtosis: 9, dims: 2 }
seeds: 300
`;

describe('polysem sweep worker', () => {
  it.each([
    [['--queue', 'http://u:secret@host'], 2, /--queue: not the address of a queue/],
    [['--queue', 'redis://u:secret@127.0.0.1:1'], 1, /redis:\/\/127\.0\.0\.1:1: cannot connect/],
  ] as const)(
    'says what is wrong with %s in one line, without the password',
    (flags, code, line) => {
      const end = polysem(['sweep', 'worker', ...flags]);
      expect(end.code).toBe(code);
      expect(end.stderr).toMatch(line);
      expect(end.stderr).toMatch(/^[^\n]*\n$/);
      expect(end.stderr).not.toContain('secret');
    },
  );
});

const reason = whyNot('redis');
describe.skipIf(reason !== null)(`a sweep on redis ${reason ?? ''}`, () => {
  let server: TestServer;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.stop();
  });

  const start = (words: readonly string[], folder: string): ChildProcess => {
    const child = spawn(process.execPath, [program, 'sweep', ...words, '--lease', '1'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const worker = (folder: string): ChildProcess =>
    start(['worker', '--queue', server.url, '--workers', '1', '--log', 'json'], folder);

  it('has the bytes of a local run when a worker and the coordinator are killed', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'spec.yaml'), SPEC);
    const client = await openServer(server.url, { lease: 1, onNote: () => undefined });
    const queue = await client.work();
    const waiting = async (isReached: (count: number) => boolean): Promise<void> => {
      while (!isReached(await queue.waiting())) await sleep(5);
    };
    const run = ['run', 'spec.yaml', '--queue', server.url];
    const coordinator = start(run, folder);
    await waiting((count) => count === 2);
    const first = worker(folder);
    await waiting((count) => count < 2);
    first.kill('SIGKILL');
    coordinator.kill('SIGKILL');
    const second = worker(folder);
    expect(await once(start(run, folder), 'exit')).toEqual([0, null]);
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
    await client.close();
    polysem(['sweep', 'run', 'spec.yaml', '--out', 'local', '--workers', '1'], folder);
    const table = (name: string): Buffer => readFileSync(join(folder, name, 'table.parquet'));
    expect(table('queued.sweep').equals(table('local'))).toBe(true);
  });
});
