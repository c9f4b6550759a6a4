import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../../test/program.ts';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

interface Summary {
  readonly done: number;
  readonly failed: number;
  readonly open: number;
  readonly computed: number;
  readonly isComplete: boolean;
}

const ALLOCATE = `name: example
compute: allocate
parameters: { importance: [4, 2, 1, 0.5] }
axes:
  - { parameter: dims, values: [1, 2, 3] }
  - { parameter: kurtosis, linear: { from: 4, to: 9, count: 20 } }
`;

/** Cells that train for minutes each. */
const LONG = `name: long
compute: train
parameters: { features: 200, dims: 20, importance: 1, density: 0.1, task: compression, activation: relu, steps: 1000000, restarts: 1 }
seeds: 4
`;

function folderWith(text: string): string {
  const folder = scratch();
  writeFileSync(join(folder, 'spec.yaml'), text);
  return folder;
}

const run = (folder: string, ...more: string[]): Summary =>
  polysemJson<Summary>(['sweep', 'run', 'spec.yaml', '--workers', '1', ...more], folder);
const table = (folder: string): string =>
  readFileSync(join(folder, 'example.sweep/table.parquet'), 'base64');

describe('polysem sweep run', () => {
  it('computes a sweep once, also in shards in any order, and takes common cells over from another spec', () => {
    const [whole, parts] = [folderWith(ALLOCATE), folderWith(ALLOCATE)];
    expect(run(whole, '--workers', '2')).toMatchObject({
      done: 60,
      computed: 60,
      isComplete: true,
    });
    const again = polysem(['sweep', 'run', 'example.sweep'], whole);
    expect([again.code, again.stdout]).toEqual([
      0,
      '60 of 60 cells done; the table is example.sweep/table.parquet\n',
    ]);

    const shards = ['1/2', '0/2'].map((shard) => run(parts, '--shard', shard));
    expect(shards.map(({ computed, isComplete }) => [computed, isComplete])).toEqual([
      [30, false],
      [30, true],
    ]);
    expect(table(parts)).toBe(table(whole));
    expect(readdirSync(join(parts, 'example.sweep'))).toEqual(
      readdirSync(join(whole, 'example.sweep')),
    );

    writeFileSync(join(whole, 'spec.yaml'), ALLOCATE.replace('[1, 2, 3]', '[2, 3, 4]'));
    const refused = polysem(['sweep', 'run', 'spec.yaml'], whole);
    expect([refused.code, refused.stderr.split('\n').length]).toEqual([2, 2]);
    expect(refused.stderr).toContain('axes.0.values.0 was 1, now 2');
    expect(run(whole, '--extend')).toMatchObject({ done: 60, computed: 20 });
  });

  it('records cells that fail, and computes the others', () => {
    const folder = folderWith(`name: example
compute: train
parameters: { task: compression, activation: relu, features: 4, dims: 2, importance: 1, density: 0.5, steps: 200, batch: 64, restarts: 1, optimiser: sgd }
axes:
  - { parameter: learningRate, values: [0.01, 1.0e+30] }
`);
    const first = polysem(['sweep', 'run', 'spec.yaml', '--workers', '1'], folder);
    expect([first.code, first.stdout]).toEqual([
      42,
      '1 of 2 cells done, 1 failed; the table is example.sweep/table.parquet\n',
    ]);
    expect(first.stderr).toContain('1 of 2 cells failed; polysem sweep status example.sweep lists');
    const retried = polysem(
      ['sweep', 'run', 'spec.yaml', '--workers', '1', '--retry-failed', '--json'],
      folder,
    );
    expect(JSON.parse(retried.stdout)).toMatchObject({ computed: 1, failed: 1 });
  });

  it.each([
    [['--shard', '3/3'], /--shard: expected i\/n/],
    [['--workers', 'many'], /--workers: expected/],
    [['--out', 'spec.yaml/x'], /--out/],
    [['--log', 'xml'], /--log: /],
  ])('answers %j with one line', async (flags, message) => {
    const words = ['sweep', 'run', 'spec.yaml', ...flags];
    const { code, stderr } = await polysemInTurn(words, folderWith(ALLOCATE));
    expect([code, stderr.trim().split('\n')]).toEqual([2, [expect.stringMatching(message)]]);
  });
});

describe('polysem sweep run, stopped', () => {
  /** Starts a long sweep and waits until its cells are at work. */
  async function started(folder: string) {
    const words = [program, 'sweep', 'run', 'spec.yaml', '--workers', '2', '--log', 'json'];
    const child = spawn(process.execPath, words, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    while (workersOf(child.pid as number).length < 2)
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, 50));
    return { child, exit };
  }

  it('lets no second process in, goes on after a kill, and leaves a clean folder after other signals', async () => {
    const folder = folderWith(LONG);
    const killed = await started(folder);
    const second = polysem(['sweep', 'run', 'spec.yaml'], folder);
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(
          `^polysem: long.sweep: process ${killed.child.pid} on .* already computes this sweep`,
        ),
      ),
    ]);
    killed.child.kill('SIGKILL');
    await killed.exit;
    expect(existsSync(join(folder, 'long.sweep/running/all.json'))).toBe(true);

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one process after the other
      const { child, exit } = await started(folder);
      const workers = workersOf(child.pid as number);
      child.kill(signal);
      // oxlint-disable-next-line no-await-in-loop
      expect(await exit).toEqual(signal === 'SIGINT' ? [null, 'SIGINT'] : [1, null]);
      expect(readdirSync(join(folder, 'long.sweep'))).toEqual(['manifest.json', 'unfinished']);
      expect(workers.filter((pid) => existsSync(`/proc/${pid}/cmdline`))).toEqual([]);
    }
  });
});

/** The processes that compute cells for a process. */
function workersOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isWorker = readFileSync(`/proc/${name}/cmdline`, 'latin1').includes('program-cells');
      return Number(ppid) === parent && isWorker ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
