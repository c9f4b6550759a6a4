import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('stream-memory.mjs', import.meta.url));
const DIMS = 64;

/** Measures so many features in a process of its own. */
function measured(features: number): { readonly megabytes: number; readonly seconds: number } {
  const out = execFileSync(process.execPath, ['--expose-gc', script, `${features}`, `${DIMS}`], {
    encoding: 'utf8',
  });
  return JSON.parse(out) as { megabytes: number; seconds: number };
}

describe('a measurement of many features', () => {
  it('takes bounded memory beside its figures, and time in proportion', () => {
    const few = measured(100_000);
    const many = measured(400_000);
    // The matrices are 24 and 98 MiB; blocks of 2 MiB, three at a time, and what V8 has not freed yet are allowed.
    expect(many.megabytes).toBeLessThan(60);
    // Five figures of 8 bytes a feature, and the same again for freed pages.
    expect(many.megabytes - few.megabytes).toBeLessThan((2 * 300_000 * 40) / 2 ** 20 + 5);
    // Four times the work; half as much again for a machine that is busy.
    expect(many.seconds / few.seconds).toBeLessThan(6);
  });
});
