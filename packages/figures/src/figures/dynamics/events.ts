import { line } from '../../marks/line.ts';
import type { Box } from '../../plot/box.ts';
import type { Mark } from '../../plot/plot.ts';
import { fragment, type Markup } from '../../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../../svg/text.ts';
import type { DynamicsEvent } from './data.ts';

const NAME_SIZE = 10.5;
/** Height in pixels of a row of labels. */
const ROW = 14;
/** Maximum number of rows: more would take the room of the panels. */
const MOST_ROWS = 6;
const LONGEST_NAME = 190;

/** An event with the place of its label. */
interface PlacedEvent {
  readonly x: number;
  readonly name: string;
  /** The label stands left of the line. */
  readonly isLeft: boolean;
  /** Row of the label, from the panels upwards; -1 for an event without room for a label. */
  readonly row: number;
}

/** Events with their labels above the panels. */
export interface EventLabels {
  readonly markup: Markup;
  /** Pixels that the labels take. */
  readonly height: number;
  /** A line per event, from its label down to a y in pixels. */
  readonly lines: (bottom: number) => Mark[];
}

/**
 * Places the labels of events in rows above the panels, so that none touch.
 *
 * @param events the events; those outside the panels are left out
 * @param at the x in pixels of a step
 * @param box left end, top and width of the panels
 * @param room pixels right of the panels that labels may use
 */
export function placeEvents(
  events: readonly DynamicsEvent[],
  at: (step: number) => number,
  { x, y, width }: Omit<Box, 'height'>,
  room: number,
): EventLabels {
  const visible = events
    .map(({ step, label }) => ({ px: at(step), name: ellipsis(label, LONGEST_NAME, NAME_SIZE) }))
    .filter(({ px }) => px >= x - 0.5 && px <= x + width + 0.5);
  const { placed, rows } = inRows(visible, x + width + room);
  const height = rows * ROW;
  const baseline = (row: number): number =>
    row < 0 ? y + height + ROW : y + height - row * ROW - 4;
  const hidden = placed.filter(({ row }) => row < 0).length;
  const labels = placed
    .filter(({ row }) => row >= 0)
    .map(({ x: px, name, isLeft, row }) =>
      textLine(px + (isLeft ? -5 : 5), baseline(row), name, {
        size: NAME_SIZE,
        anchor: isLeft ? 'end' : 'start',
        role: 'ps-halo',
      }),
    );
  const note = `${hidden} more events are drawn as lines without labels`;
  return {
    height: height + (hidden > 0 ? ROW : 0),
    markup: fragment(
      ...labels,
      hidden === 0
        ? []
        : textLine(x, y + height + ROW - 4, note, { size: NAME_SIZE, role: 'ps-muted' }),
    ),
    lines: (bottom) =>
      placed.map(({ x: px, row }) => {
        const ends = [
          [px, baseline(row) - 7],
          [px, bottom],
        ] as const;
        return line(ends, { width: 1, dash: '3 3', opacity: 0.75 });
      }),
  };
}

/** Gives each label the lowest row in which it touches no other. */
function inRows(
  events: readonly { readonly px: number; readonly name: string }[],
  right: number,
): { placed: PlacedEvent[]; rows: number } {
  const rows: [from: number, to: number][][] = [];
  // From the right: the line of an event then passes left of the labels in lower rows.
  const placed = events
    .toSorted((a, b) => b.px - a.px)
    .map(({ px, name }): PlacedEvent => {
      const length = textWidth(name, NAME_SIZE) + 10;
      const isLeft = px + length > right;
      const span: [number, number] = isLeft ? [px - length, px] : [px, px + length];
      let row = rows.findIndex((others) =>
        others.every(([from, to]) => span[0] >= to || span[1] <= from),
      );
      if (row < 0 && rows.length < MOST_ROWS) row = rows.push([]) - 1;
      if (row >= 0) rows[row].push(span);
      return { x: px, name, isLeft, row };
    });
  return { placed, rows: rows.length };
}
