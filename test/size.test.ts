import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MOST_LINES, oversized } from './function-size.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDERS = [
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/src`),
  'bench',
  'scripts',
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !entry.parentPath.includes('node_modules') &&
        /(?<!\.d)\.m?[jt]s$/.test(entry.name),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

/** A function with a body of `lines - 2` statements. */
function functionOf(lines: number, head = 'function f() {'): string {
  return [head, ...Array.from({ length: lines - 2 }, (_, i) => `  g(${i});`), '}'].join('\n');
}

describe('functions', () => {
  it.each(FOLDERS)('of %s are short, with few parameters, or say why', (folder) => {
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(0);
    const found = files.flatMap((file) => oversized(file, readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('the size of a function', () => {
  it(`may be ${MOST_LINES} lines, and not more`, () => {
    expect(oversized('a.ts', functionOf(MOST_LINES))).toEqual([]);
    expect(oversized('a.ts', `\n${functionOf(MOST_LINES + 1)}`)).toEqual([
      expect.stringMatching(/^a\.ts:2: f has 61 lines; /),
    ]);
  });

  it('is measured for functions in variables and objects, and for methods', () => {
    expect(oversized('a.ts', functionOf(61, 'const f = () => {'))).toHaveLength(1);
    expect(oversized('a.ts', `const a = {\n${functionOf(61, 'f: () => {')}\n};`)).toHaveLength(1);
    expect(oversized('a.ts', `class A {\n${functionOf(61, 'f() {')}\n}`)).toHaveLength(1);
  });

  it('may be larger with a reason above the function or at the start of its body', () => {
    const long = functionOf(70);
    const reason = 'Long because it lists all cases in order.';
    expect(oversized('a.ts', `// ${reason}\n${long}`)).toEqual([]);
    expect(oversized('a.ts', `/** Does it.\n *\n * ${reason} */\n${long}`)).toEqual([]);
    expect(oversized('a.ts', functionOf(70, `function f() {\n  // ${reason}`))).toEqual([]);
    expect(
      oversized('a.ts', `// ${reason}\n${functionOf(70, 'export const f = () => {')}`),
    ).toEqual([]);
  });

  it('needs a reason of at least five words, at the function itself', () => {
    expect(oversized('a.ts', `// Long because it must.\n${functionOf(61)}`)).toHaveLength(1);
    const elsewhere = '// Long because it lists all cases in order.\nconst x = 1;';
    expect(oversized('a.ts', `${elsewhere}\n${functionOf(61)}`)).toHaveLength(1);
  });

  it('does not include named functions inside, which are measured by themselves', () => {
    const inner = (lines: number): string => functionOf(lines, 'const g = () => {');
    const outer = (lines: number): string => `function f() {\n${inner(lines)}\nreturn g;\n}`;
    expect(oversized('a.ts', outer(60))).toEqual([]);
    expect(oversized('a.ts', outer(61))).toEqual([expect.stringMatching(/: g has 61 lines/)]);
  });

  it('includes callbacks', () => {
    const body = `function f() {\n${functionOf(60, 'each(() => {')});\n}`;
    expect(oversized('a.ts', body)).toEqual([expect.stringMatching(/: f has 62 lines/)]);
  });

  it('includes at most five parameters, or a reason', () => {
    const six = 'function f(a, b, c, d, e, g) {}';
    expect(oversized('a.ts', 'function f(a, b, c, d, e) {}')).toEqual([]);
    expect(oversized('a.ts', six)).toEqual([
      expect.stringMatching(/^a\.ts:1: f has 6 parameters; /),
    ]);
    expect(oversized('a.ts', 'function f(...[a, b, c, d, e, g]) {}')).toHaveLength(1);
    expect(
      oversized('a.ts', `// Many parameters because an object per call costs time.\n${six}`),
    ).toEqual([]);
    expect(oversized('a.ts', 'h((a, b, c, d, e, g) => 1);')).toEqual([]);
  });
});
