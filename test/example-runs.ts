import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  agrees,
  parseLiteral,
  programOf,
  root,
  type Example,
  type Program,
  type Sent,
} from './example-blocks.ts';

/** Outcome of a module of examples: the value or error of each statement, and any error of the module itself. */
interface Outcome {
  readonly values: Readonly<Record<number, { readonly value?: Sent; readonly thrown?: string }>>;
  readonly error: string | null;
}

/** Imports every module in turn and records the values of its statements. */
const RUNNER = `
import { writeFileSync } from 'node:fs';
const send = (value) => {
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '0' : String(value) };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return { value };
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return { list: Array.from(value, send) };
  const plain = typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (plain) return { object: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, send(v)])) };
  return { other: String(value) };
};
const outcomes = [];
for (let i = 0; i < Number(process.argv[2]); i++) {
  const outcome = { values: {}, error: null };
  outcomes.push(outcome);
  globalThis.report = async (statement, run) => {
    try {
      outcome.values[statement] = { value: send(await run()) };
    } catch (error) {
      outcome.values[statement] = { thrown: error.name, message: error.message };
    }
  };
  try {
    await import('./example-' + i + '.mjs');
  } catch (error) {
    outcome.error = error.stack;
  }
  writeFileSync('outcomes.json', JSON.stringify(outcomes));
}
process.exit(0);
`;

/** A new folder inside the repository, where programs find its packages. */
export function exampleFolder(): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  return mkdtempSync(join(root, '.cache/examples-'));
}

/** Runs programs one after another in one process, in the given folder. */
function run(programs: readonly Program[], folder: string): Outcome[] {
  programs.forEach(({ text }, i) => writeFileSync(join(folder, `example-${i}.mjs`), text));
  writeFileSync(join(folder, 'runner.mjs'), RUNNER);
  rmSync(join(folder, 'outcomes.json'), { force: true });
  const { stderr } = spawnSync(process.execPath, ['runner.mjs', String(programs.length)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let outcomes: Outcome[] = [];
  try {
    outcomes = JSON.parse(readFileSync(join(folder, 'outcomes.json'), 'utf8')) as Outcome[];
  } catch {
    // Nothing ran, so every example reports the error output.
  }
  return programs.map(
    (_, i) =>
      outcomes[i] ?? { values: {}, error: `the process ended before this example ${stderr}` },
  );
}

/** Runs examples, each with the files that those before it wrote, and returns their faults with file and line. */
export function faultsOf(examples: readonly Example[], folder: string): string[] {
  const programs = examples.map(programOf);
  const outcomes = run(programs, folder);
  return programs.flatMap(({ statements, faults }, i) => {
    const { place, file } = examples[i];
    const { values, error } = outcomes[i];
    const wrong = statements.flatMap(({ line, expected }, s) => {
      const got = values[s];
      if (got === undefined) return [];
      const literal = parseLiteral(expected);
      const isRight =
        literal === null
          ? expected === `throws ${got.thrown}`
          : got.value !== undefined && agrees(literal, got.value);
      return isRight ? [] : [`${file}:${line} states ${expected}, got ${JSON.stringify(got)}`];
    });
    return [...faults, ...wrong, ...(error === null ? [] : [`${place} ${error}`])];
  });
}
