import { describeGeometry, MAX_LEAKAGE, polytope } from '@polysem/core/geometry';
import { describe, expect, it } from 'vitest';
import { geometryJson, geometryText } from '../src/geometry/index.ts';

function pentagonWithLeakage(leakage: number) {
  const geometry = describeGeometry(polytope('pentagon'));
  const [component] = geometry.structure.components;
  return {
    ...geometry,
    structure: { ...geometry.structure, components: [{ ...component, leakage }] },
  };
}

describe('a group of features with much leakage', () => {
  it.each([
    [0.61, false],
    [0.5, true],
    [0, true],
  ])('is no block above 1/2: leakage %d', (leakage, isBlock) => {
    const geometry = pentagonWithLeakage(leakage);
    const text = geometryText('w', geometry, null);
    expect(text.includes('1 shared block,')).toBe(isBlock);
    expect(text.includes('0 shared blocks,')).toBe(!isBlock);
    expect(text.includes('no block: pentagon')).toBe(!isBlock);
    expect(text.includes('1 group with a leakage above 0.5, not counted as blocks')).toBe(!isBlock);
    expect(geometryJson(geometry, null)).toMatchObject({ blocks: [{ isBlock, leakage }] });
    expect(MAX_LEAKAGE).toBe(0.5);
  });
});

describe('eigenvalues beyond the range of float64', () => {
  const withScale = (scale: number) => {
    const w = polytope('pentagon');
    const data = Float64Array.from(w.data, (x) => x * scale);
    return JSON.parse(JSON.stringify(geometryJson(describeGeometry({ ...w, data }), null))) as {
      spectrum: { eigenvalues: unknown };
    };
  };

  it('are named in JSON, where infinity would become null', () => {
    expect(withScale(1e200).spectrum.eigenvalues).toEqual(['out of range', 'out of range']);
  });
});
