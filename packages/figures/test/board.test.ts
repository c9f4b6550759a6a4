import { describe, expect, it } from 'vitest';
import { boardFigure } from '../src/index.ts';
import { mapColour } from '../src/colour.ts';
import { decodePngUri } from './png.ts';
import { PROVENANCE } from './samples.ts';
import { elements, labels, parseXml } from './xml.ts';

const options = { provenance: PROVENANCE };
const squares = Float64Array.from({ length: 64 }, (_, i) => i);

describe('boardFigure', () => {
  it('has a1 at the lower left, h8 at the upper right, and a hatching where there is no value', () => {
    const values = squares.slice();
    values[7] = NaN;
    const svg = boardFigure({ label: 'C', boards: [{ name: 'pawn', values }] }, options);
    const { width, height, pixel } = decodePngUri(
      elements(parseXml(svg), 'image')[0].attributes.href,
    );
    expect([width, height]).toEqual([8, 8]);
    expect(pixel(0, 7)).toEqual([...mapColour('viridis', 0), 255]);
    expect(pixel(7, 0)).toEqual([...mapColour('viridis', 1), 255]);
    expect(pixel(3, 5)).toEqual([...mapColour('viridis', 19 / 63), 255]);
    expect(pixel(7, 7)[3]).toBe(0);
    expect(svg).toContain('ps-hatch');
    expect(labels(svg)).toEqual(expect.arrayContaining(['pawn', 'a', 'h', '1', '8']));
  });

  it('shares colours between boards, and names ranks and files once a row and a column', () => {
    const boards = ['a1', 'b1', 'c1'].map((name, k) => ({
      name: `board ${name}`,
      values: squares.map((x) => 10 ** (k + x / 64)),
    }));
    const svg = boardFigure({ label: 'C', scale: 'log', columns: 2, boards }, options);
    const images = elements(parseXml(svg), 'image').slice(0, 3);
    const most = 2 + 63 / 64;
    images.forEach(({ attributes }, k) =>
      expect(decodePngUri(attributes.href).pixel(0, 7)).toEqual([
        ...mapColour('viridis', k / most),
        255,
      ]),
    );
    const count = (word: string) => labels(svg).filter((text) => text === word).length;
    expect([count('8'), count('e')]).toEqual([2, 2]);
  });

  it('refuses what is no board', () => {
    const draw = (values: Float64Array, scale: 'linear' | 'log' = 'linear', columns = 1) =>
      boardFigure({ label: 'C', scale, columns, boards: [{ name: 'b', values }] }, options);
    expect(() => draw(squares.slice(1))).toThrow('b: 63 values for 64 squares');
    expect(() => draw(squares, 'log')).toThrow('must be positive, got 0');
    expect(() => draw(squares.with(0, Infinity))).toThrow('must be finite, got Infinity');
    expect(() => draw(squares, 'linear', 0)).toThrow('columns must be a positive integer');
    expect(() => boardFigure({ label: 'C', boards: [] }, options)).toThrow('there is no board');
  });
});
