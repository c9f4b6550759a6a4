import { overlap, type Box } from '../plot/box.ts';
import type { Mark } from '../plot/plot.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../svg/text.ts';

/** The name of an arrow, in the units of the axes. */
export interface TipName {
  readonly name: string;
  readonly from: Point;
  readonly to: Point;
}

/** Longest name in pixels. */
const LONGEST = 110;

/**
 * Names beyond the tips of arrows, or above or below them if another name or the edge of the plot is in the way. A name
 * without room is left out.
 *
 * @param tips the arrows, the most important first
 * @param size font size in pixels
 * @param avoid boxes in pixels that names must not cover
 */
export function tipNames(
  tips: readonly TipName[],
  size: number = 11.5,
  avoid: readonly Box[] = [],
): Mark {
  return ({ area, x, y }) => {
    const taken = [...avoid];
    const names: Markup[] = [];
    for (const { name: whole, from, to } of tips) {
      const name = ellipsis(whole, LONGEST, size);
      const room = placeName(
        [x.position(from[0]), y.position(from[1])],
        [x.position(to[0]), y.position(to[1])],
        { width: textWidth(name, size) + 2, height: size + 2 },
        area,
        taken,
      );
      if (room === undefined) continue;
      taken.push(room);
      const [cx, cy] = [room.x + room.width / 2, room.y + room.height / 2];
      names.push(textLine(cx, cy + 0.36 * size, name, { size, anchor: 'middle', role: 'ps-halo' }));
    }
    return fragment(...names);
  };
}

/** The first free place for a name near the tip of an arrow, in pixels; undefined if there is none. */
function placeName(
  from: Point,
  [tipX, tipY]: Point,
  { width, height }: Pick<Box, 'width' | 'height'>,
  area: Box,
  taken: readonly Box[],
): Box | undefined {
  const length = Math.hypot(tipX - from[0], tipY - from[1]);
  const [ux, uy] = length > 0 ? [(tipX - from[0]) / length, (tipY - from[1]) / length] : [0.7, 0.7];
  for (const { dx, dy, isBeside } of [...beyondTip(ux, uy, width, height), ...BESIDE]) {
    const cx = clamp(tipX + dx, area.x + width / 2 + 2, area.x + area.width - width / 2 - 2);
    const cy = clamp(tipY + dy, area.y + height / 2 + 2, area.y + area.height - height / 2 - 2);
    const moved = Math.abs(cx - tipX - dx) + Math.abs(cy - tipY - dy);
    const room = { x: cx - width / 2, y: cy - height / 2, width, height };
    // A name beyond the tip must fit without being moved back: it would cover the tip.
    if ((isBeside || moved <= 4) && !taken.some((other) => overlap(room, other))) return room;
  }
  return undefined;
}

interface NamePlace {
  readonly dx: number;
  readonly dy: number;
  readonly isBeside: boolean;
}

const BESIDE: readonly NamePlace[] = [-16, 16, -30, 30].map((dy) => {
  return { dx: 0, dy, isBeside: true };
});

function beyondTip(ux: number, uy: number, width: number, height: number): NamePlace[] {
  return [9, 16, 23, 30, 37].map((distance) => ({
    dx: ux * (distance + width / 2),
    dy: uy * (distance + height / 4),
    isBeside: false,
  }));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
