import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { program, programMain } from '../../../test/program.ts';
import { COUNT_ALLOCATIONS } from '../../io/test/count-allocations.ts';

/** Output and exit code of a command. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `polysem` as a user would, in the given folder. */
export function polysem(words: readonly string[], folder?: string): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  return { code: status, stdout, stderr };
}

/** Result of a command that a signal ended. */
export interface CutRun extends Run {
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `polysem` after a script in the same process. The script observes the command and sends a signal at a defined point
 * of its work, which is the same on every machine.
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
    ['--import', watch, program, ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env },
      // A command that ignores the signal would wait for ever.
      timeout: 300_000,
      killSignal: 'SIGKILL',
    },
  );
  return { code: status, signal, stdout, stderr };
}

/** Runs a command that must succeed, and parses the JSON that it prints. */
export function polysemJson<T>(words: readonly string[], folder?: string): T {
  const run = polysem([...words, '--json'], folder);
  if (run.code !== 0)
    throw new Error(`polysem ${words.join(' ')} ended with ${run.code}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}

/**
 * Runs commands in sequence in one process, and counts the bytes of the buffers that each allocates.
 */
const MANY = `
const { main } = await import(process.argv[1]);
const commands = JSON.parse(process.argv[2]);
const parts = { stdout: '', stderr: '' };
process.stdout.setMaxListeners(0);
const real = process.stdout.write.bind(process.stdout);
for (const name of ['stdout', 'stderr'])
  process[name].write = (text) => ((parts[name] += text), true);
${COUNT_ALLOCATIONS}
const runs = [];
for (const words of commands) {
  parts.stdout = parts.stderr = '';
  globalThis.gc?.();
  counted = 0;
  const before = process.memoryUsage().arrayBuffers;
  const code = await main(words);
  const after = process.memoryUsage().arrayBuffers;
  runs.push({ code, ...parts, allocated: Math.max(counted, after - before) });
}
await new Promise((done) => real(JSON.stringify(runs), done));
process.exit();
`;

/** Output of one command of several, and the bytes of the buffers that it allocated. */
export interface RunOfMany extends Run {
  readonly allocated: number;
}

/** Runs several commands in one process. Servers of the caller can answer meanwhile. */
export async function polysemMany(
  commands: readonly (readonly string[])[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<RunOfMany[]> {
  const words = [
    ...flags,
    '--expose-gc',
    '--single-threaded',
    '--input-type=module',
    '--eval',
    MANY,
    programMain,
  ];
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

/** Runs the commands on its standard input, one per line, and answers each with one line. */
const IN_TURN = `
import { createInterface } from 'node:readline';
const { main } = await import(process.argv[1]);
const parts = { stdout: '', stderr: '' };
process.stdout.setMaxListeners(0);
const real = process.stdout.write.bind(process.stdout);
for (const name of ['stdout', 'stderr'])
  process[name].write = (text) => ((parts[name] += text), true);
for await (const line of createInterface({ input: process.stdin })) {
  const { words, folder } = JSON.parse(line);
  process.chdir(folder);
  parts.stdout = parts.stderr = '';
  const code = await main(words);
  real(JSON.stringify({ code, ...parts }) + '\\n');
}
`;

/** The process of `polysemInTurn`, started on first use, and a function that reads its next answer. */
let runner: { readonly ask: (line: string) => Promise<string>; readonly end: () => void } | null =
  null;

function openRunner(): NonNullable<typeof runner> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', IN_TURN, programMain]);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { done, value } = await answers.next();
      if (done === true) throw new Error(`the process ended: ${stderr}`);
      return value;
    },
    end: () => child.stdin.end(),
  };
}

/** Like `polysem`, but reuses one process: for many short commands. */
export async function polysemInTurn(words: readonly string[], folder: string): Promise<Run> {
  runner ??= openRunner();
  return JSON.parse(await runner.ask(JSON.stringify({ words, folder }))) as Run;
}

const folders: string[] = [];

/** Ends what the tests of a file have started, and deletes their folders. */
export function cleanUp(): void {
  runner?.end();
  runner = null;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A new folder for one test; deleted after the tests of its file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-'));
  folders.push(folder);
  return folder;
}
