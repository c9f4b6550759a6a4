import { spawn, spawnSync } from 'node:child_process';
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

/** How a command ended that did not come to its own end. */
export interface CutRun extends Run {
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `polysem` with a script before it in the same process, which watches what the command does and sends it a signal at
 * a moment of its work: at the same one on any machine, which no look from outside would be.
 */
export function polysemCutBy(
  script: string,
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): CutRun {
  const watch = `data:text/javascript,${encodeURIComponent(script)}`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', watch, bin, ...words],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...env } },
  );
  return { code: status, signal, stdout, stderr };
}

/** Runs a command that must succeed, and reads the JSON it prints. */
export function polysemJson<T>(words: readonly string[], folder?: string): T {
  const run = polysem([...words, '--json'], folder);
  if (run.code !== 0)
    throw new Error(`polysem ${words.join(' ')} ended with ${run.code}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}

/**
 * Runs commands one after the other in one process, which says how much memory it took after each. The process is run
 * without V8's threads in the background: how far they come decides how much is not freed yet.
 */
const MANY = `
const { main } = await import(process.argv[1]);
const commands = JSON.parse(process.argv[2]);
const parts = { stdout: '', stderr: '' };
process.stdout.setMaxListeners(0);
const real = process.stdout.write.bind(process.stdout);
for (const name of ['stdout', 'stderr'])
  process[name].write = (text) => ((parts[name] += text), true);
const runs = [];
for (const words of commands) {
  parts.stdout = parts.stderr = '';
  globalThis.gc?.();
  const before = process.resourceUsage().maxRSS;
  const code = await main(words);
  runs.push({ code, ...parts, grown: 1024 * (process.resourceUsage().maxRSS - before) });
}
await new Promise((done) => real(JSON.stringify(runs), done));
process.exit();
`;

/** What `main` of the built command is. */
const built = new URL('../dist/index.js', import.meta.url).href;

/** What a command of several left behind; how many bytes the peak of the process grew by. */
export interface RunOfMany extends Run {
  readonly grown: number;
}

/** Runs several commands in one process, which starts once: each as `polysem` does. The caller's own servers can answer. */
export async function polysemMany(
  commands: readonly (readonly string[])[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunOfMany[]> {
  const words = ['--expose-gc', '--single-threaded', '--input-type=module', '--eval', MANY, built];
  const child = spawn(process.execPath, [...words, JSON.stringify(commands)], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await new Promise((resolve) => child.on('close', resolve));
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as RunOfMany[];
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
