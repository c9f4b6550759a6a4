import type { LabEvent } from '../workers/messages.ts';

const names: Readonly<Record<LabEvent['kind'], string>> = {
  forms: 'form',
  dissolves: 'dissolve',
  splits: 'split',
  merges: 'merge',
  grows: 'grow',
  shrinks: 'shrink',
  changes: 'change',
  rearranges: 'rearrange',
};
const blocksOf = (parts: LabEvent['from']): string =>
  parts.map((part) => (part.length > 4 ? `${part.length} features` : part.join(' '))).join(' | ');
/** A change of the blocks in training, such as `0 1 form`. */
export const eventText = ({ kind, from, into }: LabEvent): string =>
  `${blocksOf(into.length === 0 ? from : into)} ${names[kind]}`;
