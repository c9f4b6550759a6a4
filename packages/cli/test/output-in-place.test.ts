import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polysem, polysemCutBy, scratch } from './polysem.ts';

const words = (line: string): string[] => line.split(' ');
const COMMANDS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'train',
    'w.safetensors',
    words(
      'train --features 3 --dims 2 --importance 1 --density 0.3 --loss sampled --steps 50 --seeds 2 --threads 1 --out w.safetensors --json',
    ),
  ],
  [
    'phase --trained',
    'p.svg',
    words(
      'phase --features 3 --dims 2 --density 0.5:0.1:3 --importance 0.1:10:3 --trained --threads 1 --out p.svg --json',
    ),
  ],
  [
    'phase --model',
    'm.svg',
    words(
      'phase --model computation --activation quadratic --features 3 --dims 2 --x importance=0.1:10:3 --y density=0.5:0.1:2 --seeds 1 --refine 1 --threads 1 --out m.svg --json',
    ),
  ],
];

/** A script that kills the process before or after an output gets its name. */
const killedAtRename = (when: 'before' | 'after'): string => `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { rename } = fs;
  const kill = () => process.kill(process.pid, 'SIGKILL');
  fs.rename = async (from, to) => {
    ${when === 'before' ? 'kill();' : ''}
    await rename(from, to);
    kill();
  };
  syncBuiltinESMExports();`;

/** A script that counts the rows or restarts that are computed, and prints the number of writes to the journal. */
const COUNTED = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { openSync } = fs;
  let writes = 0;
  fs.openSync = (path, mode, ...others) => {
    if (mode !== 'r' && String(path).includes('.polysem-journal')) writes++;
    return openSync(path, mode, ...others);
  };
  process.on('exit', () => process.stderr.write('journal writes: ' + writes + '\\n'));
  syncBuiltinESMExports();`;

/** A script that makes every write to a journal fail as on a full disk. */
const FULL = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { openSync, writeSync } = fs;
  const journals = new Set();
  fs.openSync = (path, ...others) => {
    const file = openSync(path, ...others);
    if (String(path).includes('.polysem-journal')) journals.add(file);
    else journals.delete(file);
    return file;
  };
  fs.writeSync = (file, ...others) => {
    if (!journals.has(file)) return writeSync(file, ...others);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  syncBuiltinESMExports();`;

describe.each(COMMANDS)('%s', (_name, out, command) => {
  const straight = scratch();
  const whole = polysem(command, straight);
  const bytes = (folder: string): Buffer => readFileSync(join(folder, out));

  it.each(['before', 'after'] as const)(
    'loses nothing if it is killed %s the output gets its name',
    (when) => {
      expect([whole.code, whole.stderr]).toEqual([0, `wrote ${out}\n`]);
      const folder = scratch();
      expect(polysemCutBy(killedAtRename(when), command, folder).signal).toBe('SIGKILL');
      expect(readdirSync(folder).some((name) => name.startsWith('.polysem-journal'))).toBe(true);
      const again = polysemCutBy(COUNTED, command, folder);
      expect(again.stdout).toBe(whole.stdout);
      expect(again.stderr).toBe(`wrote ${out}\njournal writes: 0\n`);
      expect(bytes(folder)).toEqual(bytes(straight));
      expect(readdirSync(folder)).toEqual([out]);
    },
  );

  it('goes on without a journal if the disk is full', () => {
    const folder = scratch();
    const run = polysemCutBy(FULL, command, folder);
    expect([run.code, run.stdout]).toEqual([0, whole.stdout]);
    const lines = run.stderr.trim().split('\n');
    expect(lines.at(-1)).toBe(`wrote ${out}`);
    for (const line of lines.slice(0, -1))
      expect(line).toMatch(/^\.polysem-journal-\w+: ENOSPC: .*; the work goes on, but/);
    expect(lines.length).toBeGreaterThan(1);
    expect(bytes(folder)).toEqual(bytes(straight));
    expect(readdirSync(folder)).toEqual([out]);
  });
});
