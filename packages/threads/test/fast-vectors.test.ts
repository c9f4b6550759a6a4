import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Trains in a process of its own, since what V8 may do is settled once for a process. */
function train(wideVectors: 'on' | 'off'): { isWide: boolean; kernel: string; digest: string } {
  const script = fileURLToPath(new URL('digest.mjs', import.meta.url));
  const env = { ...process.env, POLYSEM_WIDE_VECTORS: wideVectors, NODE_OPTIONS: '' };
  const answer = execFileSync(process.execPath, [script], { env, encoding: 'utf8' });
  return JSON.parse(answer) as ReturnType<typeof train>;
}

describe('vectors paired by V8', () => {
  it('train the same bytes as those that are not', () => {
    const [paired, plain] = [train('on'), train('off')];
    expect(plain.isWide).toBe(false);
    const engine = Number.parseFloat(process.versions.v8);
    expect(paired.isWide).toBe(engine >= 13 && process.arch === 'x64');
    expect(paired.kernel).toBe(plain.kernel);
    expect(paired.digest).toBe(plain.digest);
  });
});
