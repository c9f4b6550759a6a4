import { describe, expect, it } from 'vitest';
import { mapColour } from '../src/theme/colour.ts';
import { shapeGalleryFigure } from '../src/index.ts';
import { decodePngUri } from './png.ts';
import { embeddingOf, gallery } from './samples.ts';
import { elements, labels, parseXml, textOf } from './xml.ts';
import { options } from './geometry-parts.ts';

describe('shapeGalleryFigure', () => {
  it('shows shape, features, dimensions, capacity and confidence of each block', () => {
    expect(labels(shapeGalleryFigure(gallery(), options))).toEqual(
      expect.arrayContaining([
        'A pair',
        '2 in 1, capacity 1',
        'B square',
        '4 in 2',
        'confidence 0.9',
        'C three',
        '2 times',
        'D four',
        '2 in 4',
      ]),
    );
  });

  it('draws one arrow per feature up to three dimensions, and cosines beyond', () => {
    const root = parseXml(shapeGalleryFigure(gallery(), options));
    const arrows = elements(root, 'polygon');
    expect(arrows.filter((a) => a.attributes.class === 'ps-b0 ps-edge')).toHaveLength(2);
    expect(arrows.filter((a) => a.attributes.class === 'ps-b1 ps-edge')).toHaveLength(4);
    expect(arrows.filter((a) => a.attributes.class === 'ps-b2 ps-edge')).toHaveLength(3);
    const pictures = elements(root, 'image');
    expect(pictures).toHaveLength(1);
    const image = decodePngUri(pictures[0].attributes.href);
    expect([image.width, image.height]).toEqual([2, 2]);
    expect(image.pixel(0, 0).slice(0, 3)).toEqual(mapColour('diverging', 1));
    expect(image.pixel(1, 0).slice(0, 3)).toEqual(mapColour('diverging', 0.5));
  });

  it('uses fewer columns in less width', () => {
    const many = Array.from({ length: 13 }, (_, i) => ({ ...gallery()[i % 4], shape: `s${i}` }));
    const places = (width?: number) => {
      const root = parseXml(
        shapeGalleryFigure(many, { ...options, ...(width === undefined ? {} : { width }) }),
      );
      const titles = elements(root, 'text').filter((t) => / s\d+$/.test(textOf(t)));
      expect(titles).toHaveLength(13);
      return [
        new Set(titles.map((t) => t.attributes.x)).size,
        new Set(titles.map((t) => t.attributes.y)).size,
      ];
    };
    expect(places()).toEqual([5, 3]);
    expect(places(440)).toEqual([2, 7]);
  });

  it('accepts zero vectors and a hundred features', () => {
    const zero = { shape: 'none', embedding: embeddingOf([0, 0, 0], [0, 0, 0]) };
    const crowd = (dims: number) => ({
      shape: 'unordered',
      embedding: {
        dims,
        features: 100,
        data: Float64Array.from({ length: 100 * dims }, (_, i) => Math.sin(i * i)),
      },
    });
    const blocks = [zero, ...[1, 2, 3, 4].map(crowd)];
    expect(() => parseXml(shapeGalleryFigure(blocks, options))).not.toThrow();
  });

  it('rejects missing blocks and features, and numbers that are not finite', () => {
    expect(() => shapeGalleryFigure([], options)).toThrow('at least one block');
    const of = (block: object) => () =>
      shapeGalleryFigure([{ ...gallery()[0], ...block }], options);
    expect(of({ embedding: { dims: 2, features: 2, data: new Float64Array(3) } })).toThrow(
      'blocks[0].embedding must hold 2 x 2 numbers, got 3',
    );
    expect(of({ embedding: embeddingOf([1], [Number.NaN]) })).toThrow('must be finite');
    expect(of({ labels: ['a'] })).toThrow('labels must have 2 values, got 1');
    expect(of({ block: -1 })).toThrow('blocks[0].block');
  });
});
