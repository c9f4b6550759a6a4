import { crc32 as nodeCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridAxisSpec, makeAxis } from '../src/plot/axis.ts';
import { base64 } from '../src/svg/base64.ts';
import { thinnedLabels } from '../src/plot/categories.ts';
import { colourOf, colourScale, cssColour, inkOn, mapColour } from '../src/theme/colour.ts';
import { spreadNames } from '../src/plot/spread-names.ts';
import { formatNumber } from '../src/svg/format.ts';
import { crc32, encodePng } from '../src/svg/png.ts';
import { element, polyline, text } from '../src/svg/svg.ts';
import { textWidth, wrapText } from '../src/svg/text.ts';
import { decodePng } from './png.ts';

describe('svg', () => {
  it('escapes text and attributes and rounds numbers', () => {
    expect(element('a', { b: '<"&\'>', x: 1.23456, y: -0.001, z: undefined }, text('a<b]]>'))).toBe(
      '<a b="&lt;&quot;&amp;&#39;&gt;" x="1.23" y="0">a&lt;b]]&gt;</a>',
    );
  });
  it('removes characters that XML cannot hold', () => {
    expect(text('a\0\u0007\uD800b\uFFFF\u{1F600}\tc')).toBe('ab\u{1F600}\tc');
  });
  it('rejects a coordinate that is not finite', () => {
    expect(() => element('a', { x: Number.NaN })).toThrow(RangeError);
  });
  it('interrupts a line at a missing point', () => {
    const points = [
      [0, 0],
      [1, 1],
      [2, Number.NaN],
      [3, 3],
    ] as const;
    expect(polyline(points)).toBe('M0 0L1 1M3 3');
  });
});

describe('png', () => {
  it('decodes to the encoded pixels', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        sizes.chain(([w, h]) =>
          fc.tuple(
            fc.constant(w),
            fc.constant(h),
            fc.uint8Array({ minLength: w * h * 4, maxLength: w * h * 4 }),
          ),
        ),
        ([w, h, rgba]) => {
          const image = decodePng(encodePng(w, h, rgba));
          expect([image.width, image.height]).toEqual([w, h]);
          for (let y = 0; y < h; y++) {
            for (let x = 0; x < w; x++) {
              const i = (y * w + x) * 4;
              expect(image.pixel(x, y)).toEqual([...rgba.subarray(i, i + 4)]);
            }
          }
        },
      ),
    );
  });
  it('agrees with the CRC of zlib and with base64 of Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(crc32(bytes)).toBe(nodeCrc32(bytes));
        expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
  it('rejects pixels that do not fill the picture', () => {
    expect(() => encodePng(2, 2, new Uint8Array(15))).toThrow('need 16 bytes');
    expect(() => encodePng(0, 2, new Uint8Array(0))).toThrow(RangeError);
  });
});

describe('colour', () => {
  it('matches viridis at its ends and middle', () => {
    expect([0, 0.5, 1].map((t) => cssColour(mapColour('viridis', t)))).toEqual([
      '#440154',
      '#21918c',
      '#fde725',
    ]);
  });
  it('is red below zero, nearly white at zero, blue above', () => {
    expect([0, 0.5, 1].map((t) => cssColour(mapColour('diverging', t)))).toEqual([
      '#67001f',
      '#f2efee',
      '#053061',
    ]);
  });
  it('clamps values, reports clamped ends, and gives NaN no colour', () => {
    const scale = colourScale({ map: 'viridis', label: 'C' }, [0.5, 1.2, Number.NaN]);
    expect(scale.domain).toEqual([0, 1]);
    expect([scale.below, scale.above]).toEqual([false, true]);
    expect(colourOf(scale, 1.2)).toEqual(mapColour('viridis', 1));
    expect(colourOf(scale, Number.NaN)).toBeUndefined();
  });
  it('uses a domain symmetric around zero for signed values', () => {
    const spec = { map: 'diverging', label: 'd' } as const;
    expect(colourScale(spec, [0.1, -0.4]).domain).toEqual([-0.4, 0.4]);
    expect(colourScale(spec, [0, Number.NaN]).domain).toEqual([-1, 1]);
    expect(() => colourScale({ ...spec, domain: [-1, 2] }, [])).toThrow('diverging');
    expect(() => colourScale({ map: 'viridis', label: 'C', domain: [1, 0] }, [])).toThrow('ascend');
  });
  it('chooses black text on light colours and white on dark ones', () => {
    expect(inkOn([255, 255, 255])).toBe('#000');
    expect(inkOn([5, 48, 97])).toBe('#fff');
  });
});

describe('axis', () => {
  it('centres the cells of a log grid on their values', () => {
    const values = [0.01, 0.1, 1, 10, 100];
    const spec = gridAxisSpec({ label: 'V', scale: 'log', values });
    expect(spec.domain[0]).toBeCloseTo(0.01 / Math.sqrt(10), 12);
    expect(spec.domain[1]).toBeCloseTo(100 * Math.sqrt(10), 9);
    const axis = makeAxis(spec, [50, 550], 'x');
    values.forEach((value, i) => expect(axis.position(value)).toBeCloseTo(50 + 100 * (i + 0.5), 9));
    expect(axis.position(-1)).toBeNaN();
  });
  it('centres the cells of a descending linear grid', () => {
    const axis = makeAxis(
      gridAxisSpec({ label: 'y', scale: 'linear', values: [3, 2, 1] }),
      [0, 30],
      'y',
    );
    [3, 2, 1].forEach((value, i) => expect(axis.position(value)).toBeCloseTo(5 + 10 * i, 9));
  });
  it('rejects grids that are not evenly spaced', () => {
    const grid = (scale: 'linear' | 'log', values: number[]) =>
      gridAxisSpec({ label: 'g', scale, values });
    expect(() => grid('log', [1, 2, 3])).toThrow('evenly');
    expect(() => grid('linear', [1, 1])).toThrow('evenly');
    expect(() => grid('log', [-1, 1])).toThrow('evenly');
    expect(() => grid('linear', [])).toThrow('at least one');
    expect(() => makeAxis({ label: 'a', scale: 'log', domain: [0, 1] }, [0, 1], 'x')).toThrow(
      'positive',
    );
  });
  it('labels as many powers of ten as fit, with plain numbers', () => {
    const spec = { label: 'V', scale: 'log', domain: [0.005, 200] } as const;
    const names = (length: number) =>
      makeAxis(spec, [0, length], 'x').ticks.flatMap((tick) => tick.label || []);
    expect(names(500)).toEqual(['0.01', '0.1', '1', '10', '100']);
    expect(names(180)).toEqual(['0.01', '1', '100']);
  });
  it('keeps the labels of any axis apart', () => {
    const end = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        end,
        end,
        fc.constantFrom('linear', 'log'),
        fc.integer({ min: 40, max: 900 }),
        (a, b, scale, length) => {
          fc.pre(Math.abs(a - b) > 1e-3 * Math.max(a, b));
          const axis = makeAxis({ label: 'r', scale, domain: [a, b] }, [0, length], 'x');
          const shown = axis.ticks
            .filter((tick) => tick.label !== '')
            .map((tick) => ({ at: axis.position(tick.value), width: textWidth(tick.label, 11) }))
            .toSorted((p, q) => p.at - q.at);
          for (let i = 1; i < shown.length; i++) {
            const half = (shown[i].width + shown[i - 1].width) / 2;
            expect(shown[i].at - shown[i - 1].at).toBeGreaterThan(half);
          }
        },
      ),
    );
  });
  it('thins category labels to those that fit, starting with the first', () => {
    const names = Array.from({ length: 200 }, (_, i) => String(i));
    const shown = (pitch: number) => thinnedLabels(names, pitch, 11).map((l) => l.line);
    expect(shown(40)).toHaveLength(200);
    expect(shown(3.2).slice(0, 3)).toEqual(['0', '10', '20']);
  });
});

describe('names at the ends of curves', () => {
  it('are apart and inside the plot for any ends', () => {
    const area = { x: 0, y: 100, width: 10, height: 200 };
    const end = fc.option(fc.double({ min: 100, max: 300, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(end, { maxLength: 16 }), (ends) => {
        const placed = spreadNames(ends, area);
        expect(placed).toHaveLength(ends.filter((at) => at !== undefined).length);
        placed.forEach(({ index, at, wanted }, i) => {
          expect(wanted).toBe(ends[index]);
          expect(at).toBeGreaterThanOrEqual(100 - 1e-9);
          expect(at).toBeLessThanOrEqual(300 + 1e-9);
          if (i > 0) expect(at - placed[i - 1].at).toBeGreaterThanOrEqual(12 - 1e-9);
        });
      }),
    );
  });
});

describe('text', () => {
  it('formats numbers without superscripts', () => {
    const shown = [0.001, 0.01, 1, 100, 2e8, -0.5, 0.1 + 0.2, 1.5e-7, 32768, 0, -0, 123456.7];
    expect(shown.map((v) => formatNumber(v))).toEqual(
      '0.001 0.01 1 100 2e8 −0.5 0.3 1.5e−7 32768 0 0 1.235e5'.split(' '),
    );
    expect([Number.NaN, Infinity, -Infinity].map((v) => formatNumber(v))).toEqual([
      'n/a',
      '∞',
      '−∞',
    ]);
  });
  it('wraps any text into lines that fit and loses only spaces', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 30, max: 300 }), (content, width) => {
        const lines = wrapText(content, width, 12);
        for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(/\s/gu, '')).toBe(content.replaceAll(/\s/gu, ''));
      }),
    );
  });
  it('ends in an ellipsis if lines are limited', () => {
    const lines = wrapText('one two three four five six', 60, 12, { maxLines: 2 });
    expect(lines).toHaveLength(2);
    expect(lines[1].endsWith('…')).toBe(true);
    expect(textWidth(lines[1], 12)).toBeLessThanOrEqual(60);
  });
});
