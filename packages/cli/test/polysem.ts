import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The built command. */
export const bin: string = fileURLToPath(new URL('../bin/polysem.js', import.meta.url));

/** What a run of the command left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `polysem` as a user would, in a folder. */
export function polysem(words: readonly string[], folder?: string): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  return { code: status, stdout, stderr };
}

/** Runs a command that must succeed, and reads the JSON it prints. */
export function polysemJson<T>(words: readonly string[], folder?: string): T {
  const run = polysem([...words, '--json'], folder);
  if (run.code !== 0)
    throw new Error(`polysem ${words.join(' ')} ended with ${run.code}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder for the files of one test; gone when the tests of its file are done. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-'));
  folders.push(folder);
  return folder;
}
