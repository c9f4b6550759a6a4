import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '@polysem/io';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../src/commands.ts';
import { polysemInTurn, polysemMany, scratch } from './polysem.ts';

/** A valid command line per command, without the flag that names a path. */
const LINES: Readonly<Record<string, string>> = {
  allocate: 'allocate --importance 1,1 --density 0.1 --dims 1',
  train: 'train --importance 1,1 --density 0.1 --dims 1',
  measure: 'measure w.npy --features rows',
  compare: 'compare w.npy w.npy --features rows',
  geometry: 'geometry w.npy --features rows',
  audit: 'audit w.npy --features rows --stats s.csv --importance v --kurtosis k',
  phase: 'phase --features 2 --dims 1',
  reproduce: 'reproduce',
};

/** Lines for flags that replace others. */
const INSTEAD: Readonly<Record<string, string>> = {
  'train --inputs': 'train --dims 1',
  'audit --activations': 'audit w.npy --features rows',
};

/** Flags that may name a file among other values, and files that commands take as arguments. */
const OTHERS: readonly (readonly [line: string, says: string])[] = [
  ['allocate --importance DIR.npy --density 0.1 --dims 1', 'is a folder'],
  ['allocate --importance 1,1 --kurtosis DIR.npy --dims 1', 'is a folder'],
  ['train --importance DIR.npy --density 0.1 --dims 1', 'is a folder'],
  ['train --importance 1,1 --density DIR.npy --dims 1', 'is a folder'],
  [
    'train --importance 1,1 --density 0.1 --dims 1 --model compression --correlation copula:DIR.npy',
    'is a folder',
  ],
  ['phase --features 2 --dims 1 --model compression --correlation copula:DIR.npy', 'is a folder'],
  ['measure w.npy --features rows --labels DIR.csv:token', 'is a folder'],
  ['measure DIR.npy --features rows', 'holds no file of weights, only "mine"'],
  ['geometry DIR.safetensors --features rows', 'holds no file of weights, only "mine"'],
  [
    'audit DIR.npy --features rows --stats s.csv --importance v --kurtosis k',
    'holds no file of weights, only "mine"',
  ],
  ['lab DIR.npy', 'is a folder'],
];

let folder: string;
const ENDINGS = ['', '.npy', '.svg', '.csv', '.json', '.html', '.safetensors', '.parquet'];

beforeAll(() => {
  folder = scratch();
  const data = Float64Array.of(1, 0, 0, 1, -1, 0);
  writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [3, 2], data }));
  writeFileSync(join(folder, 's.csv'), 'v,k\n1,5\n1,5\n1,5\n');
  writeFileSync(join(folder, 'a-file'), 'mine');
  for (const ending of ENDINGS) {
    mkdirSync(join(folder, `DIR${ending}`));
    writeFileSync(join(folder, `DIR${ending}`, 'mine'), 'mine');
  }
});

/** The names in the folder, and those in its folders. */
const everything = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();

/** Checks that a command ends with one line that names the path, and changes no file. */
async function refuses(line: readonly string[], path: string, says: string): Promise<void> {
  const before = everything();
  const { code, stdout, stderr } = await polysemInTurn(line, folder);
  expect({ line: line.join(' '), code, stdout, stderr }).toMatchObject({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^polysem: [^\n]*\n$/);
  expect(stderr).toContain(path);
  expect(stderr).toContain(says);
  expect(everything()).toEqual(before);
  expect(readFileSync(join(folder, 'a-file'), 'utf8')).toBe('mine');
}

describe('a folder where a file is wanted, or a file where a folder is', () => {
  it('ends every command with one line and loses nothing, whatever the flag', async () => {
    const tried: string[] = [];
    for (const { name, load } of commands) {
      const command = new Command(name);
      // oxlint-disable-next-line no-await-in-loop
      (await load())(command);
      for (const { flags, long } of command.options) {
        const value = /<(?:file(\.\w+)?|folder)>/.exec(flags);
        if (value === null) continue;
        const isFolder = value[0] === '<folder>';
        const path = isFolder ? 'a-file' : `DIR${value[1] ?? '.csv'}`;
        const line = (INSTEAD[`${name} ${long}`] ?? LINES[name]).split(' ');
        const at = line.indexOf(long ?? '');
        if (at >= 0) line.splice(at, 2);
        // oxlint-disable-next-line no-await-in-loop -- one command after another in one process
        await refuses([...line, long ?? '', path], path, isFolder ? 'is a file' : 'is a folder');
        tried.push(`${name} ${long}`);
      }
    }
    expect(tried.length).toBeGreaterThan(17);
  });

  it.each(OTHERS)('%s', async (line, says) => {
    await refuses(line.split(' '), /DIR\.\w+/.exec(line)?.[0] ?? '', says);
  });
});

/** A script under which files whose names match cannot be opened, as if too many files were open. */
const TOO_MANY = (names: RegExp): string => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const names = ${String(names)};
  const fail = (path) => {
    if (!names.test(String(path))) return;
    const text = 'EMFILE: too many open files, open ' + path;
    throw Object.assign(new Error(text), { code: 'EMFILE', syscall: 'open', path: String(path) });
  };
  const { openSync, readFileSync } = fs;
  const { open, readFile } = fs.promises;
  fs.openSync = (path, ...others) => (fail(path), openSync(path, ...others));
  fs.readFileSync = (path, ...others) => (fail(path), readFileSync(path, ...others));
  fs.promises.open = async (path, ...others) => (fail(path), open(path, ...others));
  fs.promises.readFile = async (path, ...others) => (fail(path), readFile(path, ...others));
  syncBuiltinESMExports();`;

describe('a process with too many open files', () => {
  it('says so in one line, for every output and input, and leaves nothing behind', async () => {
    const outputs = [
      ...['--embedding x.npy', '--bars x.svg', '--curves x.svg'].map(
        (out) => `${LINES.allocate} ${out}`,
      ),
      ...['--out x.safetensors', '--bars x.svg'].map((out) => `${LINES.train} --steps 3 ${out}`),
      ...['--report x.html', '--per-feature x.csv', '--gram x.svg', '--arrows x.svg'].map(
        (out) => `${LINES.measure} ${out}`,
      ),
      `${LINES.geometry} --efficient x.safetensors`,
      `${LINES.geometry} --figures figures`,
      ...['--out x.json', '--figure x.svg', '--per-feature x.parquet'].map(
        (out) => `${LINES.audit} ${out}`,
      ),
      `${LINES.phase} --out x.svg`,
    ];
    const inputs = [
      'allocate --importance i.npy --density 0.1 --dims 1',
      'train --dims 1 --inputs w.npy',
      LINES.measure,
      `${LINES.measure} --labels s.csv:v`,
      LINES.audit,
    ];
    writeFileSync(join(folder, 'i.npy'), encodeNpy({ shape: [2], data: Float64Array.of(1, 1) }));
    const before = everything();
    for (const [lines, names, code] of [
      [outputs, /\.tmp$/, 1],
      [inputs, /(?:^|\/)(?:i\.npy|w\.npy|s\.csv)$/, 2],
    ] as const) {
      const script = `data:text/javascript,${encodeURIComponent(TOO_MANY(names))}`;
      // oxlint-disable-next-line no-await-in-loop -- two processes, one after the other
      const runs = await polysemMany(
        lines.map((line) => line.split(' ')),
        folder,
        {},
        ['--import', script],
      );
      runs.forEach((run, i) => {
        expect({ line: lines[i], ...run }).toMatchObject({ code });
        expect(run.stderr).toMatch(
          /^polysem: [^\n]*(?:EMFILE: too many open|too many files are open)[^\n]*\n$/,
        );
      });
      // The journal of unfinished work and the folder of the figures stay.
      const left = everything().filter((name) => !/^(?:\.polysem-journal-|figures$)/.test(name));
      expect(left).toEqual(before);
    }
  });
});
