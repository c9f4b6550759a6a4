import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { examplesOf, sourceFiles, type Example } from './example-blocks.ts';
import { exampleFolder, faultsOf } from './example-runs.ts';

describe('examples in docstrings', () => {
  const folder = exampleFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('evaluate to the stated values', () => {
    const examples = sourceFiles().flatMap((file) => examplesOf(file));
    expect(faultsOf(examples, folder)).toEqual([]);
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
    const faults = faultsOf(
      [
        example(10, 'const x = [2 / 3];\nx; // [0.667]\nx; // [0.666]'),
        example(20, "({ a: 1, b: 'c' }); // { a: 1, b: 'c' }\n1 / 3; // 0.3333\nnull; // null"),
        example(
          30,
          "(() => { throw new RangeError('no'); })(); // throws RangeError\n1; // throws Error",
        ),
        example(40, 'const y = 1; // 1\ny; // one\nNaN; // NaN\n1e-7 / 3; // 3.33e-8'),
        example(50, 'await Promise.resolve(2); // 2\nmissing();'),
        example(60, "import './x.mjs';"),
      ],
      folder,
    );
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
