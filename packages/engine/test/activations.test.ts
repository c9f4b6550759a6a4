import { describe, expect, it } from 'vitest';
import { activationLabel, activationNames, activations } from '../src/activations/registry.ts';

describe.each(activationNames)('the activation %s', (name) => {
  const { value, slope, hasKink } = activations[name];

  it('has the slope that finite differences show, up to a kink at 0', () => {
    for (let x = -6.03; x < 6; x += 0.11) {
      const h = 1e-5;
      expect(slope(x)).toBeCloseTo((value(x + h) - value(x - h)) / (2 * h), 8);
    }
  });

  it('is continuous, and its slope jumps at 0 only if it declares a kink', () => {
    expect(value(1e-12)).toBeCloseTo(value(-1e-12), 10);
    const jump = Math.abs(slope(1e-12) - slope(-1e-12));
    if (hasKink) expect(jump).toBeGreaterThan(0.1);
    else expect(jump).toBeLessThan(1e-9);
  });

  it('is finite for large numbers', () => {
    for (const x of [-800, -40, 0, 40, 800]) {
      expect(Math.abs(value(x))).toBeLessThanOrEqual(x * x + 1);
      expect(slope(x)).toSatisfy(Number.isFinite);
    }
  });

  it('is registered under its name', () => {
    expect(activations[name].name).toBe(name);
    expect(activationLabel(name).toLowerCase().replaceAll(/[ -]/g, '')).toBe(
      name.replaceAll('-', ''),
    );
  });
});
