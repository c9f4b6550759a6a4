import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { encodeNpy } from '@polysem/io';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands.ts';
import { polysem, polysemCutBy, polysemInTurn, scratch } from './polysem.ts';

const words = (text: string): string[] => text.split(' ');

/** A valid command line per command, to which one flag is added. */
const LINES: Readonly<Record<string, string>> = {
  allocate: 'allocate --importance 1,1 --density 0.1 --dims 1',
  train: 'train --importance 1,1 --density 0.1 --dims 1',
  phase: 'phase --features 2 --dims 1',
  measure: 'measure w.npy --features rows',
  compare: 'compare w.npy w.npy --features rows',
  geometry: 'geometry w.npy --features rows',
  'sweep run': 'sweep run spec.yaml --workers 1',
  'sweep plan': 'sweep plan spec.yaml',
};

/** Lines for flags that only some models take. */
const ALSO: Readonly<Record<string, string>> = {
  'train --hidden-activation': '--model compression',
  'train --target': '--model vector-computation',
  'train --importance-as': '--model compression',
  'train --correlation': '--model compression',
  'phase --activation': '--model compression',
  'phase --hidden-activation': '--model compression',
  'phase --target': '--model vector-computation',
  'phase --importance-as': '--model compression',
  'phase --output-weights': '--model computation',
  'phase --correlation': '--model compression',
  'phase --kernel': '--model compression',
  'phase --x': '--model compression',
  'phase --y': '--model compression',
  'phase --loss': '--trained',
  'train --sampling': '--loss sampled',
  'train --schedule': '--optimizer adam',
};

function folderWithMatrix(): string {
  const folder = scratch();
  const data = Float32Array.from({ length: 6 }, (_, i) => i % 4);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [3, 2], data }));
  return folder;
}

function sources(path: string): string[] {
  if (!statSync(path).isDirectory())
    return path.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
  return readdirSync(path).flatMap((name) => sources(join(path, name)));
}

/** Commands with their flags, and subcommands as `sweep run`. */
async function everyCommand(): Promise<[string, Command][]> {
  const loaded = await Promise.all(
    commands.map(async ({ name, load }): Promise<[string, Command][]> => {
      const command = new Command(name);
      (await load())(command);
      const below = command.commands.map((sub): [string, Command] => [
        `${name} ${sub.name()}`,
        sub,
      ]);
      return [[name, command], ...below];
    }),
  );
  return loaded.flat();
}

describe('the help', () => {
  it('lists the choices of every flag that has some', async () => {
    const folder = folderWithMatrix();
    const parameters = '{ importance: 1, features: 2, dims: 1, kurtosis: 9 }';
    writeFileSync(join(folder, 'spec.yaml'), `compute: allocate\nparameters: ${parameters}\n`);
    const checked = new Set<string>();
    for (const [name, command] of await everyCommand()) {
      if (LINES[name] === undefined) continue;
      for (const { long, required, description } of command.options) {
        if (long === undefined || long === null || !required) continue;
        const also = ALSO[`${name} ${long}`];
        const line = words(also === undefined ? LINES[name] : `${LINES[name]} ${also}`);
        const value = long === '--correlation' ? 'no-such-choice:1' : 'no-such-choice';
        const bad = line.includes(long)
          ? line.map((word, i) => (line[i - 1] === long ? value : word))
          : [...line, long, value];
        // oxlint-disable-next-line no-await-in-loop
        const { code, stderr } = await polysemInTurn(bad, folder);
        const match = /^polysem: (\S+): expected one of ([^"]*), got/.exec(stderr);
        if (match === null || match[1] !== long) continue;
        expect(code).toBe(2);
        checked.add(long);
        for (const choice of match[2].split(', '))
          expect(`${long}: ${description}`).toContain(choice);
      }
    }
    const source = sources(fileURLToPath(new URL('../src', import.meta.url))).join('\n');
    const flags = Array.from(
      source.matchAll(/parseChoice\([^;]*?'(--[a-z-]+)'/g),
      ([, flag]) => flag,
    );
    expect(flags.length).toBeGreaterThan(10);
    for (const flag of flags) expect([...checked]).toContain(flag);
  });

  it('says which noise --noise of geometry is', () => {
    const { stdout } = polysem(['geometry', '--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('expected length of the error of a vector');
  });
});

describe('the ending of an output', () => {
  it.each([
    ['train --importance 1,1 --density 0.1 --dims 1', '--out', 'x.npy', '.safetensors'],
    ['train --importance 1,1 --density 0.1 --dims 1', '--bars', 'x.png', '.svg'],
    ['allocate --importance 1,1 --density 0.1 --dims 1', '--embedding', 'x.csv', '.npy'],
    ['allocate --importance 1,1 --density 0.1 --dims 1', '--curves', 'x', '.svg'],
    ['measure w.npy --features rows', '--report', 'r.pdf', '.html'],
    ['measure w.npy --features rows', '--gram', 'r.html', '.svg'],
    ['geometry w.npy --features rows', '--efficient', 'r.npy', '.safetensors'],
    ['audit w.npy --features rows', '--out', 'r.csv', '.json'],
    ['audit w.npy --features rows', '--figure', 'r.pdf', '.svg'],
    ['phase --features 2 --dims 1', '--out', 'x.png', '.svg'],
  ])('says what is written: %s %s %s', async (line, flag, name, ending) => {
    const folder = folderWithMatrix();
    const run = await polysemInTurn([...words(line), flag, name], folder);
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr: `polysem: ${flag}: writes ${ending.slice(1)}, got "${name}"; give a name that ends in ${ending}\n`,
    });
    expect(readdirSync(folder)).toEqual(['w.npy']);
  });

  it('may have capitals', async () => {
    const line = words('allocate --importance 1,1 --density 0.1 --dims 1 --bars X.SVG');
    expect((await polysemInTurn(line, scratch())).code).toBe(0);
  });
});

describe('polysem phase', () => {
  it.each([
    ['--features 0 --dims 1', '--features'],
    ['--features 2 --dims 3', '--dims'],
    ['--features 2 --dims 1 --density 2:3:4', '--density'],
    ['--features 2 --dims 1 --model compression --activation none', '--activation'],
    ['--features 2 --dims 1 --model compression --kernel none', '--kernel'],
  ])('reports a mistake before a missing --out: %s', async (line, flag) => {
    const { code, stderr } = await polysemInTurn(['phase', ...words(line)], scratch());
    expect([code, stderr.split(': ')[1]]).toEqual([2, flag]);
  });

  it('requires an output if all else is right', async () => {
    const { stderr } = await polysemInTurn(words('phase --features 2 --dims 1'), scratch());
    expect(stderr).toContain('--out: is missing');
  });
});

describe('polysem train', () => {
  it('says how many steps were taken, and whether it stopped early', async () => {
    const line =
      '--model compression --activation relu --features 3 --dims 2 --importance 1 --density 0.3';
    const more = '--batch 64 --steps 40 --seeds 2';
    const all = await polysemInTurn(words(`train ${line} ${more}`), scratch());
    expect(all.stdout).toContain(
      '\nsteps    40 of at most 40 steps; 0 of 2 restarts stopped early\n',
    );
    expect(all.stdout).toMatch(/\nloss     0\.\d+ ± 0\.\d+, /);
    const early = await polysemInTurn(
      words(`train ${line} ${more} --early-stop 10:0.9`),
      scratch(),
    );
    expect(early.stdout).toContain(
      '\nsteps    20 of at most 40 steps; 2 of 2 restarts stopped early\n',
    );
    const exact = await polysemInTurn(words(LINES.train), scratch());
    expect(exact.stdout).toMatch(
      /\nsteps    \d+( to \d+)? of at most 5000 iterations; 4 of 4 restarts converged\n/,
    );
    expect(exact.stdout).not.toContain('±');
  });

  it('says after Ctrl-C how to go on', () => {
    const folder = scratch();
    // Sends the signal when the second checkpoint has been written.
    const cut = `
      import { performance } from 'node:perf_hooks';
      import { existsSync, readdirSync } from 'node:fs';
      let time = 0;
      performance.now = globalThis.performance.now = () => (time += 4000);
      let sent = false;
      const real = globalThis.setImmediate;
      globalThis.setImmediate = (...given) => {
        if (!sent && readdirSync('.').length > 0) { sent = true; process.kill(process.pid, 'SIGINT'); }
        return real(...given);
      };`;
    const line =
      '--model compression --activation relu --features 5 --dims 2 --importance 1 --density 0.3';
    const more = '--steps 4000 --seeds 2 --threads 1 --out w.safetensors';
    const run = polysemCutBy(cut, words(`train ${line} ${more}`), folder);
    expect(run.signal).toBe('SIGINT');
    expect(run.stderr).toContain('give the same command again to go on from the last checkpoint\n');
    expect(run.stdout).toBe('');
  });
});
