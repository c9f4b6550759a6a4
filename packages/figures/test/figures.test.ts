import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provenanceOf, type Theme } from '../src/index.ts';
import { FIGURES, PROVENANCE } from './samples.ts';
import { textBox } from './text-box.ts';
import { elements, labels, parseXml, textOf } from './xml.ts';

const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff), { maxLength: 12 }).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom('<script>alert(1)</script>', ']]>', '&amp; & "\'', '\0\u0008\uFFFE\uD800', '-->'),
);

describe.each(Object.entries(FIGURES))('%s', (_, figure) => {
  it('is well-formed XML for any texts', () => {
    fc.assert(
      fc.property(anyString, anyString, anyString, (title, subtitle, name) => {
        const svg = figure(name, {
          title,
          subtitle,
          provenance: { polysem: title, seed: subtitle, configuration: { [name]: name } },
        });
        expect(parseXml(svg).name).toBe('svg');
      }),
      { numRuns: 60 },
    );
  });

  it('keeps any provenance', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyString, (configuration, seed) => {
        const svg = figure('a', { provenance: { polysem: '1.2.3', seed, configuration } });
        const [metadata] = elements(parseXml(svg), 'metadata');
        const expected = JSON.parse(JSON.stringify({ polysem: '1.2.3', seed, configuration }));
        expect(JSON.parse(textOf(metadata))).toEqual(expected);
        expect(provenanceOf(svg)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same bytes for the same input', () => {
    const options = { title: 'T', provenance: PROVENANCE };
    expect(figure('a', options)).toBe(figure('a', options));
  });

  it.each(['auto', 'light', 'dark'] as Theme[])(
    'uses only the colours of the theme %s',
    (theme) => {
      const svg = figure('a', { theme, provenance: PROVENANCE });
      const root = parseXml(svg);
      expect(root.attributes.class).toBe(`ps-${theme}`);
      const sheet = textOf(elements(root, 'style')[0]);
      expect(sheet.includes('@media screen and (prefers-color-scheme:dark)')).toBe(
        theme === 'auto',
      );
      expect(sheet.includes('fill:#ffffff')).toBe(theme !== 'dark');
      expect(sheet.includes('fill:#14171b')).toBe(theme !== 'light');
      for (const node of elements(root, 'text')) {
        const role = node.attributes.class;
        if (role !== undefined) expect(sheet).toContain(`.ps-${theme} .${role}{`);
      }
    },
  );

  it('has no ids and refers to nothing outside itself', () => {
    const svg = figure('a', { provenance: PROVENANCE });
    expect(svg).not.toMatch(/\sid=/);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(/);
  });

  it('wraps a long title and grows by its lines', () => {
    const title = 'superposition '.repeat(30).trim();
    const svg = figure('a', { title, subtitle: 's', provenance: PROVENANCE });
    const root = parseXml(svg);
    const short = parseXml(figure('a', { title: 'T', subtitle: 's', provenance: PROVENANCE }));
    const lines = elements(root, 'text').filter((t) => t.attributes['font-size'] === '16');
    expect(lines.map(textOf).join(' ')).toBe(title);
    expect(lines.length).toBeGreaterThan(3);
    expect(Number(root.attributes.height) - Number(short.attributes.height)).toBe(
      20 * (lines.length - 1),
    );
  });

  it('shows version and seed unless the footer is off', () => {
    const footed = figure('a', { provenance: PROVENANCE });
    expect(labels(footed)).toContain('polysem 0.1.0 · seed 7');
    expect(labels(figure('a', { provenance: PROVENANCE, footer: false }))).not.toContain(
      'polysem 0.1.0 · seed 7',
    );
  });

  it('keeps every text inside the figure and apart from every other', () => {
    const root = parseXml(figure('a name', { title: 'T', subtitle: 's', provenance: PROVENANCE }));
    const [width, height] = [Number(root.attributes.width), Number(root.attributes.height)];
    const boxes = elements(root, 'text').map(textBox);
    boxes.forEach((box, i) => {
      expect(box.left, box.content).toBeGreaterThanOrEqual(0);
      expect(box.top, box.content).toBeGreaterThanOrEqual(0);
      expect(box.right, box.content).toBeLessThanOrEqual(width);
      expect(box.bottom, box.content).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(0, i)) {
        const apart =
          box.left >= other.right ||
          other.left >= box.right ||
          box.top >= other.bottom ||
          other.top >= box.bottom;
        expect(apart, `${box.content} over ${other.content}`).toBe(true);
      }
    });
  });

  it('rejects a size that leaves no room', () => {
    expect(() => figure('a', { width: 100, provenance: PROVENANCE })).toThrow(RangeError);
    expect(() => figure('a', { width: 220, height: 120, provenance: PROVENANCE })).toThrow(
      RangeError,
    );
    expect(() => figure('a', { width: Number.NaN, provenance: PROVENANCE })).toThrow(RangeError);
  });
});
