import { describe, expect, it } from 'vitest';
import { BLOCK_COLOURS, PALETTES, styleSheet } from '../src/theme/theme.ts';

// Complete absence of one kind of cone: Machado, Oliveira & Fernandes (2009), severity 1, for
// linear red, green and blue.
const VISIONS = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
// Five times the just noticeable difference of 2.3 (CIE 1976); letters and shapes supplement colour.
const APART = 12;

function linear(colour: string): number[] {
  return [1, 3, 5].map((i) => {
    const s = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
}

/** CIE L*a*b* of a colour as perceived with one kind of colour vision. */
function seen(colour: string, vision: readonly (readonly number[])[]): number[] {
  const rgb = linear(colour);
  const [r, g, b] = vision.map((row) =>
    Math.max(
      0,
      row.reduce((sum, m, i) => sum + m * rgb[i], 0),
    ),
  );
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe.each(['light', 'dark'] as const)('colours on %s paper', (theme) => {
  const p = PALETTES[theme];
  const sets = { phases: [p.ignored, p.partial, p.full, p.plateau], blocks: [...p.blocks] };

  it('become steadily lighter along the ramp of lines, all apart from the paper', () => {
    const css = styleSheet(theme);
    const ramp = [
      ...css.matchAll(/\.ps-r\d+\{fill:none;stroke:(?:rgb\((\d+),\s*(\d+),\s*(\d+)\)|(#\w+))\}/g),
    ];
    const hex = (n: string): string => Number(n).toString(16).padStart(2, '0');
    const lightness = ramp.map(([, r, g, b, code]) => {
      const colour = code ?? `#${hex(r)}${hex(g)}${hex(b)}`;
      return seen(colour, VISIONS.all)[0];
    });
    expect(lightness).toHaveLength(16);
    expect(lightness).toEqual(lightness.toSorted((x, y) => x - y));
    const paper = seen(p.paper, VISIONS.all)[0];
    // A fifth of the range from black to white.
    for (const own of lightness) expect(Math.abs(own - paper)).toBeGreaterThan(20);
    expect(lightness[15] - lightness[0]).toBeGreaterThan(40);
  });

  it.each(Object.entries(VISIONS))('are distinguishable with %s', (_, vision) => {
    for (const set of Object.values(sets)) {
      for (const [i, one] of set.entries()) {
        for (const other of set.slice(0, i)) {
          const [a, b] = [seen(one, vision), seen(other, vision)];
          expect(Math.hypot(...a.map((v, k) => v - b[k])), `${one} ${other}`).toBeGreaterThan(
            APART,
          );
        }
      }
    }
  });

  it('contrast with the paper', () => {
    const luminance = (colour: string): number => {
      const [r, g, b] = linear(colour);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const colour of p.blocks) {
      const [low, high] = [luminance(colour), luminance(p.paper)].toSorted((a, b) => a - b);
      expect((high + 0.05) / (low + 0.05), colour).toBeGreaterThan(2.2);
    }
  });

  it('has a class for every block colour', () => {
    expect(p.blocks).toHaveLength(BLOCK_COLOURS);
    const sheet = styleSheet(theme);
    p.blocks.forEach((colour, i) => {
      expect(sheet).toContain(`.ps-${theme} .ps-b${i}{fill:${colour}}`);
      expect(sheet).toContain(`.ps-${theme} .ps-l${i}{fill:none;stroke:${colour}}`);
    });
  });
});
