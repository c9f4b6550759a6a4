import { trackBlocks, type Dynamics, type DynamicsEvent } from '@polysem/core/geometry';
import type { DynamicsData } from '@polysem/figures';

/** Data for the figure of training dynamics, with blocks numbered through time. */
export function dynamicsData({ rows, events }: Dynamics): DynamicsData {
  const features = rows[0].capacity.length;
  return {
    steps: rows.map(({ step }) => step),
    loss: rows.map(({ loss }) => loss),
    capacity: rows.map(({ capacity }) => capacity),
    blockOf: trackBlocks(
      rows.map(({ blocks, full }) => [...blocks, ...full.map((i) => [i])]),
      features,
    ),
    events: events.map((event) => ({ step: event.step, label: eventLabel(event) })),
  };
}

/** Label of an event, such as `forms 0 3 | 1 2`. */
export function eventLabel({ kind, from, into }: DynamicsEvent): string {
  const blocks = into.length > 0 ? into : from;
  const sizes = blocks.map((block) =>
    block.length > 4 ? `${block.length} features` : block.join(' '),
  );
  return `${kind} ${sizes.join(' | ')}`;
}
