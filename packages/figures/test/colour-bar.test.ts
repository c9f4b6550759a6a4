import { describe, expect, it } from 'vitest';
import {
  colourBarHeight,
  drawColourBar,
  drawHorizontalColourBar,
} from '../src/marks/colour-bar.ts';
import { colourScale, cssColour, mapColour } from '../src/theme/colour.ts';
import type { Markup } from '../src/svg/svg.ts';
import { elements, parseXml } from './xml.ts';

/** The pointed ends of a bar: their corners, and their colours. */
function ends(bar: Markup) {
  return elements(parseXml(`<g>${bar}</g>`), 'polygon').map(({ attributes }) => ({
    corners: attributes.points.split(' ').map((corner) => corner.split(',').map(Number)),
    fill: attributes.fill,
  }));
}

const scaleOver = (...values: number[]) => colourScale({ map: 'viridis', label: 'C' }, values);
const lowest = cssColour(mapColour('viridis', 0));
const highest = cssColour(mapColour('viridis', 1));

describe('the pointed ends of a colour bar', () => {
  it('point up for values above the domain, and down for values below it', () => {
    const place = { x: 20, y: 30, height: 100 };
    const up = {
      corners: [
        [20, 30],
        [33, 30],
        [26.5, 23],
      ],
      fill: highest,
    };
    const down = {
      corners: [
        [20, 130],
        [33, 130],
        [26.5, 137],
      ],
      fill: lowest,
    };
    expect(ends(drawColourBar(scaleOver(0.5, 2), place))).toEqual([up]);
    expect(ends(drawColourBar(scaleOver(-1, 0.5), place))).toEqual([down]);
    expect(ends(drawColourBar(scaleOver(-1, 2), place))).toEqual([up, down]);
    expect(ends(drawColourBar(scaleOver(0, 1), place))).toEqual([]);
  });

  it('point right and left on a horizontal bar', () => {
    const place = { x: 20, y: 30, width: 100 };
    const right = {
      corners: [
        [120, 30],
        [120, 43],
        [127, 36.5],
      ],
      fill: highest,
    };
    const left = {
      corners: [
        [20, 30],
        [20, 43],
        [13, 36.5],
      ],
      fill: lowest,
    };
    expect(ends(drawHorizontalColourBar(scaleOver(0.5, 2), place))).toEqual([right]);
    expect(ends(drawHorizontalColourBar(scaleOver(-1, 0.5), place))).toEqual([left]);
    expect(ends(drawHorizontalColourBar(scaleOver(-1, 2), place))).toEqual([right, left]);
    expect(ends(drawHorizontalColourBar(scaleOver(0, 1), place))).toEqual([]);
    expect(colourBarHeight(scaleOver(0, 1), 100)).toBeGreaterThan(13);
  });
});
