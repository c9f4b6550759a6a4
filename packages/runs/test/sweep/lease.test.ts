import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { runningProcesses } from '../../src/sweep/store/lease.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-lease-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fieldsOf = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

// States of processes are read from /proc.
it.skipIf(process.platform !== 'linux')(
  'lists no process that has ended, even if its parent has not asked for its end',
  async () => {
    // The shell becomes a program that never asks for the end of the first one.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line).trim());
    const holder = { role: 'all', host: hostname(), pid, started: fieldsOf(pid)[19] };
    mkdirSync(join(folder, 'running'));
    writeFileSync(join(folder, 'running/all.json'), JSON.stringify(holder));
    expect(runningProcesses(folder)).toMatchObject([{ pid }]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => fieldsOf(pid)[0]).toBe('Z');
    expect(runningProcesses(folder)).toEqual([]);
  },
);
