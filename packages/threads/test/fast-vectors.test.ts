import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Trains in a new process, because V8's flags can be set only once per process. */
function train(wideVectors: 'on' | 'off'): { isWide: boolean; kernel: string; digest: string } {
  const script = fileURLToPath(new URL('digest.mjs', import.meta.url));
  const env = { ...process.env, POLYSEM_WIDE_VECTORS: wideVectors, NODE_OPTIONS: '' };
  const answer = execFileSync(process.execPath, [script], { env, encoding: 'utf8' });
  return JSON.parse(answer) as ReturnType<typeof train>;
}

describe('256-bit vectors', () => {
  it('give the same bytes as 128-bit vectors', () => {
    const [wide, plain] = [train('on'), train('off')];
    expect(plain.isWide).toBe(false);
    const engine = Number.parseFloat(process.versions.v8);
    expect(wide.isWide).toBe(engine >= 13 && process.arch === 'x64');
    expect(wide.kernel).toBe(plain.kernel);
    expect(wide.digest).toBe(plain.digest);
  });
});
