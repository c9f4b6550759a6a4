import { overlap, type Box } from './layout.ts';
import { element, fragment, text, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** An arrow over pixels. */
export interface Arrow {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Classes of the style sheet, and a colour where it comes from a map instead. */
  readonly role: string;
  readonly fill?: string | undefined;
  /** What a reader who points at it is told. */
  readonly about: string;
  /** Pixels of the shaft. Default 3. */
  readonly width?: number;
  readonly opacity?: number;
}

/** A name to be put beyond the tip of an arrow. */
export interface TipName {
  readonly name: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

const NAME_SIZE = 11.5;

/** One arrow; a disc where it is too short to have a direction. */
export function drawArrow({ from, to, role, fill, about, width = 3, opacity }: Arrow): Markup {
  const [[x0, y0], [x1, y1]] = [from, to];
  const title = element('title', {}, text(about));
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 3) {
    const dot = { class: role, fill, cx: x0, cy: y0, r: width + 1, 'stroke-width': 0.8, opacity };
    return element('circle', dot, title);
  }
  const head = Math.min(4 * width, length * 0.6);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const corner = (along: number, across: number): string =>
    `${(x0 + ux * along - uy * across).toFixed(1)},${(y0 + uy * along + ux * across).toFixed(1)}`;
  const shaft = length - head;
  const half = width / 2;
  const points = [
    corner(0, half),
    corner(shaft, half),
    corner(shaft, head * 0.45),
    corner(length, 0),
    corner(shaft, -head * 0.45),
    corner(shaft, -half),
    corner(0, -half),
  ].join(' ');
  const outline = { 'stroke-width': 0.8, 'stroke-linejoin': 'round', opacity };
  return element('polygon', { class: role, fill, points, ...outline }, title);
}

/**
 * Names beyond the tips, or beside them where another name or the edge is in the way.
 *
 * @param occupied what names must not cover
 */
export function nameTips(
  tips: readonly TipName[],
  area: Box,
  size: number = NAME_SIZE,
  occupied: readonly Box[] = [],
): Markup {
  const taken = [...occupied];
  const names: Markup[] = [];
  for (const { name: whole, from, to } of tips) {
    const name = ellipsis(whole, 110, size);
    const [width, height] = [textWidth(name, size) + 2, size + 2];
    const [tipX, tipY] = to;
    const length = Math.hypot(tipX - from[0], tipY - from[1]);
    const [ux, uy] =
      length > 0 ? [(tipX - from[0]) / length, (tipY - from[1]) / length] : [0.7, 0.7];
    for (const { dx, dy, beside } of [...beyondTip(ux, uy, width, height), ...BESIDE]) {
      const cx = clamp(tipX + dx, area.x + width / 2 + 2, area.x + area.width - width / 2 - 2);
      const cy = clamp(tipY + dy, area.y + height / 2 + 2, area.y + area.height - height / 2 - 2);
      const moved = Math.abs(cx - tipX - dx) + Math.abs(cy - tipY - dy);
      const room = { x: cx - width / 2, y: cy - height / 2, width, height };
      // Beyond a tip there has to be room as it is: pushed back, the name would cover the tip.
      if ((!beside && moved > 4) || taken.some((other) => overlap(room, other))) continue;
      taken.push(room);
      names.push(label(cx, cy + 0.36 * size, name, { size, anchor: 'middle', role: 'ps-halo' }));
      break;
    }
  }
  return fragment(...names);
}

interface NamePlace {
  readonly dx: number;
  readonly dy: number;
  readonly beside: boolean;
}

const BESIDE: readonly NamePlace[] = [-16, 16, -30, 30].map((dy) => ({ dx: 0, dy, beside: true }));

function beyondTip(ux: number, uy: number, width: number, height: number): NamePlace[] {
  return [9, 16, 23, 30, 37].map((distance) => ({
    dx: ux * (distance + width / 2),
    dy: uy * (distance + height / 4),
    beside: false,
  }));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
