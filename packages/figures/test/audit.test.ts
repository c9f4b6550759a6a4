import { describe, expect, it } from 'vitest';
import { auditFigure, type AuditFigureData } from '../src/index.ts';
import { mapColour } from '../src/theme/colour.ts';
import { decodePngUri } from './png.ts';
import { PROVENANCE } from './samples.ts';
import { elements, labels, parseXml } from './xml.ts';

const options = { provenance: PROVENANCE };
const few: AuditFigureData = {
  predicted: [0, 0.5, 1],
  measured: [0.1, 0.4, 0.9],
  trends: [
    {
      label: 'frequency',
      values: [0.001, 0, 0.5],
      points: [{ centre: 0.01, median: 0.4, low: NaN, high: NaN, predicted: 0.5 }],
    },
  ],
};

/** `count` equal features and one other. */
function many(count: number): AuditFigureData {
  const values = (most: number, last: number) =>
    Float64Array.from({ length: count + 1 }, (_, i) => (i < count ? most : last));
  return { predicted: values(0.99, 0), measured: values(0.99, 0), trends: [] };
}

describe('auditFigure', () => {
  it('draws one point per feature and leaves out features without a place on a log axis', () => {
    const clouds = elements(parseXml(auditFigure(few, options)), 'path').filter(
      (node) => node.attributes.opacity === '0.45',
    );
    expect(clouds.map(({ attributes }) => attributes.d.split('z').length - 1)).toEqual([3, 2]);
    expect(labels(auditFigure(few, options))).toContain('measured C');
  });

  it('counts many features per cell on a common colour scale', () => {
    const root = parseXml(auditFigure(many(9999), options));
    const image = decodePngUri(elements(root, 'image')[0].attributes.href);
    const filled: number[][] = [];
    for (let x = 0; x < image.width; x++)
      for (let y = 0; y < image.height; y++) if (image.pixel(x, y)[3] > 0) filled.push([x, y]);
    // One cell at the lower left holds one feature, one near the upper right the others.
    expect(filled[0]).toEqual([0, image.height - 1]);
    expect(filled).toHaveLength(2);
    expect(image.pixel(0, image.height - 1).slice(0, 3)).toEqual(mapColour('viridis', 0));
    expect(image.pixel(filled[1][0], filled[1][1]).slice(0, 3)).toEqual(mapColour('viridis', 1));
    expect(filled[1][0] / image.width).toBeCloseTo(0.99 / 1.02, 1);
    expect(labels(auditFigure(many(9999), options))).toContain('features per cell (log10)');
  });

  it('lets a thousandth of many features lie beyond the axis of capacities', () => {
    const data = many(9999);
    const low = Float64Array.from({ length: 10_000 }, (_, i) => (i < 5 ? 1 : 0.01));
    const root = parseXml(auditFigure({ ...data, predicted: low, measured: low }, options));
    expect(labels(auditFigure({ ...data, predicted: low, measured: low }, options))).toContain(
      '0.01',
    );
    const image = decodePngUri(elements(root, 'image')[0].attributes.href);
    // Features beyond the axis count in the cell at the corner.
    expect(image.pixel(image.width - 1, 0)[3]).toBe(255);
  });

  it('rejects lists of different lengths and capacities outside [0, 1]', () => {
    expect(() => auditFigure({ ...few, measured: [] }, options)).toThrow('at least one feature');
    expect(() => auditFigure({ ...few, predicted: [0.1] }, options)).toThrow(
      'predicted must have 3 values, got 1',
    );
    expect(() => auditFigure({ ...few, measured: [0, 0.5, 1.5] }, options)).toThrow(
      'measured[2]: must lie in [0, 1], got 1.5',
    );
    const trends = [{ ...few.trends[0], values: [1] }];
    expect(() => auditFigure({ ...few, trends }, options)).toThrow('frequency must have 3 values');
  });
});
