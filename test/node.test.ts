import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { currentNode, usesOwn } from '../scripts/node/current.mjs';

const run = fileURLToPath(new URL('../scripts/node/run.mjs', import.meta.url));

describe('the Node of long work', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-node-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = (text: string): string => {
    const path = join(folder, 'script.mjs');
    writeFileSync(path, text);
    return path;
  };

  test.each([
    ['20.19.0', {}, false],
    ['22.21.0', {}, false],
    ['24.0.0', {}, true],
    ['26.1.0', {}, true],
    ['20.19.0', { POLYSEM_NODE: 'own' }, true],
  ])('Node %s with %j uses its own: %s', (version, environment, isOwn) => {
    expect(usesOwn(version, environment)).toBe(isOwn);
  });

  test('is a Node that starts, and not older than this one', () => {
    const { stdout } = spawnSync(currentNode(), ['-p', 'process.versions.node'], {
      encoding: 'utf8',
    });
    const major = (version: string): number => Number(version.split('.')[0]);
    expect(major(stdout)).toBeGreaterThanOrEqual(major(process.versions.node));
  });

  test.each([{}, { POLYSEM_NODE: 'own' }])('passes on arguments and status with %j', (extra) => {
    const path = script('console.log(process.argv.slice(2).join()); process.exitCode = 7;');
    const { status, stdout } = spawnSync(process.execPath, [run, path, 'a', '--b'], {
      encoding: 'utf8',
      env: { ...process.env, ...extra },
    });
    expect([stdout, status]).toEqual(['a,--b\n', 7]);
  });

  test('ends by the signal that ends it, and leaves no process', async () => {
    const path = script('console.log(process.pid); setInterval(() => {}, 1000);');
    const child = spawn(process.execPath, [run, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => {
      child.stdout.once('data', (data) => resolve(Number(data)));
    });
    child.kill('SIGTERM');
    const signal = await new Promise((resolve) => {
      child.once('exit', (_, by) => resolve(by));
    });
    expect(signal).toBe('SIGTERM');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
