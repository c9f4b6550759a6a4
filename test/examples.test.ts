import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  agrees,
  examplesOf,
  parseLiteral,
  programOf,
  root,
  sourceFiles,
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

/** Runs programs one after another in one process. */
function run(programs: readonly Program[]): Outcome[] {
  // Inside the repository, where programs find its packages.
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache/examples-'));
  programs.forEach(({ text }, i) => writeFileSync(join(folder, `example-${i}.mjs`), text));
  writeFileSync(join(folder, 'runner.mjs'), RUNNER);
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
  rmSync(folder, { recursive: true, force: true });
  return programs.map(
    (_, i) =>
      outcomes[i] ?? { values: {}, error: `the process ended before this example ${stderr}` },
  );
}

/** Faults of examples, each with file and line. */
function faultsOf(examples: readonly Example[]): string[] {
  const programs = examples.map(programOf);
  const outcomes = run(programs);
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

describe('examples in docstrings', () => {
  it('evaluate to the stated values', () => {
    const examples = sourceFiles().flatMap((file) => examplesOf(file));
    expect(faultsOf(examples)).toEqual([]);
  });

  it('are found in docstrings, with the line of their code', () => {
    const file = 'a.ts';
    const text =
      "/**\n * Adds.\n *\n * @example\n * ```js\n * 1 + 1; // 2\n * ```\n */\nexport const add = '@example';\n";
    const examples = examplesOf(file, text);
    expect(examples).toEqual([
      { place: 'a.ts:6', file, line: 6, code: '1 + 1; // 2', fault: null },
    ]);
  });

  it('are reported with file and line if they are wrong', () => {
    const example = (line: number, code: string): Example => ({
      place: `a.ts:${line}`,
      file: 'a.ts',
      line,
      code,
      fault: null,
    });
    const faults = faultsOf([
      example(10, 'const x = [2 / 3];\nx; // [0.667]\nx; // [0.666]'),
      example(20, "({ a: 1, b: 'c' }); // { a: 1, b: 'c' }\n1 / 3; // 0.3333\nnull; // null"),
      example(
        30,
        "(() => { throw new RangeError('no'); })(); // throws RangeError\n1; // throws Error",
      ),
      example(40, 'const y = 1; // 1\ny; // one\nNaN; // NaN\n1e-7 / 3; // 3.33e-8'),
      example(50, 'await Promise.resolve(2); // 2\nmissing();'),
      example(60, "import './x.mjs';"),
    ]);
    expect(faults.map((fault) => fault.split('\n')[0])).toEqual([
      'a.ts:12 states [0.666], got {"value":{"list":[{"number":"0.6666666666666666"}]}}',
      'a.ts:31 states throws Error, got {"value":{"number":"1"}}',
      'a.ts:40 states 1 of a declaration; write an expression',
      'a.ts:41 states "one", which is neither a literal nor "throws .."',
      'a.ts:50 ReferenceError: missing is not defined',
      'a.ts:60 imports ./x.mjs, not a package',
      expect.stringContaining('a.ts:60 Error [ERR_MODULE_NOT_FOUND]'),
    ]);
  });
});
