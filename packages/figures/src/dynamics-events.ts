import type { DynamicsEvent } from './dynamics-data.ts';
import type { Box } from './layout.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

const NAME_SIZE = 10.5;
const LANE = 14;
/** More lanes would take the room of the panels. */
const MOST_LANES = 6;
const LONGEST_NAME = 190;

/** An event with the place of its label; one without room for it has a lane of -1. */
interface PlacedEvent {
  readonly x: number;
  readonly name: string;
  readonly isLeft: boolean;
  readonly lane: number;
  /** The baseline of its label, in pixels. */
  readonly y: number;
}

/** Events with their labels in lanes above the panels. */
export interface LaidEvents {
  readonly placed: readonly PlacedEvent[];
  readonly height: number;
  readonly markup: Markup;
}

/**
 * Puts the labels of events above the panels, in as many lanes as keep them apart.
 *
 * @param at the pixel of a step
 * @param room pixels right of the panels that labels may take
 */
export function layEvents(
  events: readonly DynamicsEvent[],
  at: (step: number) => number,
  { x, y, width }: Omit<Box, 'height'>,
  room: number,
): LaidEvents {
  const lanes: [number, number][][] = [];
  // From the right: a line then comes down left of the labels that stand below its own.
  const taken = events
    .map(({ step, label: name }) => ({
      px: at(step),
      name: ellipsis(name, LONGEST_NAME, NAME_SIZE),
    }))
    .filter(({ px }) => px >= x - 0.5 && px <= x + width + 0.5)
    .toSorted((a, b) => b.px - a.px)
    .map(({ px, name }) => {
      const length = textWidth(name, NAME_SIZE) + 10;
      const isLeft = px + length > x + width + room;
      const span: [number, number] = isLeft ? [px - length, px] : [px, px + length];
      let lane = lanes.findIndex((others) =>
        others.every(([from, to]) => span[0] >= to || span[1] <= from),
      );
      if (lane < 0 && lanes.length < MOST_LANES) lane = lanes.push([]) - 1;
      if (lane >= 0) lanes[lane].push(span);
      return { px, name, isLeft, lane };
    });
  const height = lanes.length * LANE;
  const placed = taken.map(({ px, name, isLeft, lane }): PlacedEvent => {
    const baseline = lane < 0 ? y + height + LANE : y + height - lane * LANE - 4;
    return { x: px, name, isLeft, lane, y: baseline };
  });
  const hidden = placed.filter(({ lane }) => lane < 0).length;
  return {
    placed,
    height: height + (hidden > 0 ? LANE : 0),
    markup: fragment(
      ...placed
        .filter(({ lane }) => lane >= 0)
        .map((event) =>
          label(event.x + (event.isLeft ? -5 : 5), event.y, event.name, {
            size: NAME_SIZE,
            anchor: event.isLeft ? 'end' : 'start',
            role: 'ps-halo',
          }),
        ),
      hidden === 0
        ? []
        : label(x, y + height + LANE - 4, `${hidden} more events are lines without a label`, {
            size: NAME_SIZE,
            role: 'ps-muted',
          }),
    ),
  };
}

/** The lines of events, from their labels down across all panels. */
export function drawEventLines(placed: readonly PlacedEvent[], panels: readonly Box[]): Markup {
  const last = panels[panels.length - 1];
  return fragment(
    ...placed.map(({ x, y }) =>
      element('path', {
        class: 'ps-rule',
        'stroke-width': 1,
        'stroke-dasharray': '3 3',
        opacity: 0.75,
        d: polyline([
          [x, y - 7],
          [x, last.y + last.height],
        ]),
      }),
    ),
  );
}
