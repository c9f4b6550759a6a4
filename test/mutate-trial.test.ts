import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverage, writeOffsets } from '../scripts/mutate/coverage.mjs';
import { startJob } from '../scripts/mutate/jobs.mjs';
import { mutationPoints } from '../scripts/mutate/points.mjs';
import { childrenOf, useOf } from '../scripts/mutate/process-use.mjs';
import { testsByCoverage } from '../scripts/mutate/select.mjs';
import { mutantTrial } from '../scripts/mutate/trial.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const FILE = 'packages/core/src/sum.ts';
const TEST = 'packages/core/test/sum.test.ts';
const SOURCE = `let kept: number | null = null;

export function sumBelow(n: number): number {
  let total = 0;
  for (let i = 0; i < n; i += 1) total += i;
  return total;
}

export function keptSum(): number {
  return (kept ??= sumBelow(4) + 10);
}

export function keptDouble(): number {
  return 2 * keptSum();
}

export function shifted(n: number): number {
  return n + 1;
}

export function halved(n: number): number {
  return n > 0 ? n / 2 : -halved(-n);
}

export function clamped(n: number): number {
  return n > 5 ? 5 : n;
}
`;
const TESTS = `import { expect, it } from 'vitest';
import { clamped, keptDouble, keptSum, sumBelow } from '../src/sum.ts';

it('sums', () => expect(sumBelow(3)).toBe(3));
it('keeps', () => expect(keptSum()).toBeGreaterThan(3));
it('doubles what was kept', () => expect(keptDouble()).toBe(32));
it('clamps', () => expect(clamped(7)).toBe(5));
`;
const OTHER = 'packages/core/test/other.test.ts';
const OTHER_TESTS = `import { expect, it } from 'vitest';
import { halved } from '../src/sum.ts';

it('halves', () => expect(halved(8)).toBe(4));
`;

/** A repository of one source file and one test file. */
function smallRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-mutate-'));
  const files = {
    [FILE]: SOURCE,
    [FILE.replace('/src/', '/dist/').replace('.ts', '.js')]: '',
    [TEST]: TESTS,
    [OTHER]: OTHER_TESTS,
    'package.json': '{ "type": "module" }',
    'vitest.config.ts': `export const MODULES = ['packages/core/test/*.test.ts'];
      export const REPLACING = [];
      export default {};`,
    'tsconfig.base.json': '{ "compilerOptions": {} }',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  cpSync(join(root, 'scripts/mutate'), join(folder, 'scripts/mutate'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

it.skipIf(process.platform !== 'linux')(
  'counts the work of children, but not of earlier ones',
  async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    try {
      await expect.poll(() => useOf(process.pid).seconds).toBeGreaterThan(0.1);
      expect(useOf(process.pid).bytes).toBeGreaterThan(2 ** 20);
      expect(childrenOf(process.pid)).toContain(`${child.pid}`);
      const others = new Set(childrenOf(process.pid));
      expect(useOf(process.pid, others)).toMatchObject({ seconds: 0, bytes: 0 });
    } finally {
      child.kill('SIGKILL');
    }
  },
);

// Coverage by position needs a Node that loads TypeScript.
describe.skipIf(Number(process.versions.node.split('.')[0]) < 24)('a mutant', () => {
  let folder: string;
  let cache: string;
  let job: ReturnType<typeof startJob>;
  let tryMutant: ReturnType<typeof mutantTrial>;

  const measure = async () => {
    const measuring = startJob(folder, 'coverage');
    let measured = 0;
    const records = await coverage(folder, cache, [TEST, OTHER], [measuring], () => measured++);
    measuring.stop();
    return { records, measured };
  };

  beforeAll(async () => {
    folder = smallRepository();
    cache = join(folder, 'records');
    job = startJob(folder);
    writeOffsets(folder, [FILE]);
    const { records } = await measure();
    const covering = testsByCoverage(records);
    tryMutant = mutantTrial({ covering, typeError: null, budget: 60 });
  });
  afterAll(() => {
    job.stop();
    rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 100 });
  });

  const attempt = (line: string, replacement: string) => {
    const points = mutationPoints(FILE, SOURCE);
    const point = points.findIndex(
      (one) => one.replacement === replacement && SOURCE.split('\n')[one.line - 1].includes(line),
    );
    return tryMutant(job, { file: FILE, point, ...points[point] });
  };

  it('is killed by a test that executes it, and leaves nothing behind', async () => {
    expect(await attempt('let total = 0', '1')).toMatchObject({
      outcome: 'killed',
      by: `${TEST}: sums`,
      test: TEST,
    });
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(SOURCE);
    // The second failure of a test is not tried again without a mutant.
    expect(await attempt('return total', '1')).toMatchObject({ outcome: 'killed' });
    // Tests of another file, and of the same one.
    expect(await attempt('n > 0', '>=')).toMatchObject({ outcome: 'survived', left: 0 });
    expect(await attempt('n > 5', '>=')).toMatchObject({ outcome: 'survived', left: 0 });
    expect(await attempt('n / 2', '*')).toMatchObject({
      outcome: 'killed',
      by: `${OTHER}: halves`,
    });
    expect(await attempt('n > 5', '<=')).toMatchObject({
      outcome: 'killed',
      by: `${TEST}: clamps`,
    });
  });

  it('is killed by a test that only sees what an earlier test has kept', async () => {
    expect(await attempt('+ 10', '11')).toMatchObject({
      outcome: 'killed',
      by: `${TEST}: doubles what was kept`,
    });
  });

  it('is not covered if no test executes it', async () => {
    expect(await attempt('n + 1', '-')).toMatchObject({ outcome: 'not covered' });
  });

  it('that never ends is ended, and the next one is tried', async () => {
    expect(await attempt('i += 1', '-=')).toMatchObject({ outcome: 'timed out' });
    expect(await attempt('i < n', '<=')).toMatchObject({ outcome: 'killed' });
  });

  it('is tried on what was measured before, until a file changes', async () => {
    expect(await measure()).toMatchObject({
      measured: 0,
      records: [{ test: TEST, failed: 0 }, {}],
    });
    expect(readdirSync(cache)).toHaveLength(2);
    writeFileSync(join(folder, TEST), `${TESTS}it('fails', () => expect(1).toBe(2));`);
    expect(await measure()).toMatchObject({ measured: 1, records: [{ failed: 1 }, {}] });
  });
});
