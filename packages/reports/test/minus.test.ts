import { embedding, embeddingSource } from '@polysem/core/embedding';
import { measureMatrix, type MeasuredMatrix } from '@polysem/runs/measure';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeMatrix, measureReport } from '../src/measurement/index.ts';
import { withError } from '../src/text/index.ts';

/** The text of a page, without the parts that programs read. */
function textOf(page: string): string {
  return page
    .replaceAll(/<(script|style|pre|desc|metadata)\b.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]+>/g, '\n');
}

/** Numbers with a hyphen as their minus sign, and exponents of that kind. */
const HYPHENS = /(?:^|[\s(±])-[\d.]+|\de-\d+/gm;

let matrix: MeasuredMatrix;

beforeAll(async () => {
  // Nearly antipodal vectors, whose cosines are negative and whose relative errors are below 1e-3.
  const w = embedding(2, 4, Float64Array.of(1, 0, -1, 1e-4, 0, 1, 1e-4, -1));
  matrix = await measureMatrix(
    {
      source: embeddingSource(w),
      choice: { tensor: 'W', axis: 'rows', label: 'layer-3 (W)', notes: [] },
      labels: null,
      store: undefined,
    },
    {
      centre: false,
      normalise: false,
      precision: 'auto',
      neighbours: 'always',
      baselines: ['gaussian', 'norms'],
      blocks: true,
      seed: 0,
      threads: 1,
    },
    { onProgress: () => {}, onNote: () => {} },
  );
});

describe('the minus sign', () => {
  it('is U+2212 on pages', () => {
    const text = textOf(
      measureReport('w.npy', [matrix], { polysem: '0.1.0', seed: 0, configuration: {} }),
    );
    expect(text).toContain('layer-3');
    expect(text).toContain('\n\u22121\n');
    expect(text).toMatch(/of capacities at most \S+e\u2212\d+/);
    expect(text.match(HYPHENS)).toBeNull();
  });

  it('is the hyphen in text', () => {
    const text = describeMatrix('w.npy', { ...matrix, labels: ['a', 'b', 'c', 'd'] });
    expect(text).toMatch(/a and b -1\b/);
    expect(text).not.toContain('\u2212');
  });

  it('is not shown before zero', () => {
    expect(withError(-0.001, 0.05)).toBe('0.00 ± 0.05');
    expect(withError(-1, 30)).toBe('0 ± 30');
    expect(withError(-0.06, 0.05)).toBe('-0.06 ± 0.05');
  });
});
