import fc from 'fast-check';
import type { BlockStructure } from '../src/geometry/block-structure.ts';
import { partitionText } from './planted-blocks.ts';

export const components = (structure: BlockStructure): string =>
  partitionText(structure.components.map(({ features }) => features));

export const eigenspaces = (structure: BlockStructure): string =>
  partitionText(structure.eigenspaces.map(({ features }) => features));

export const planted = fc.record({
  seed: fc.nat(1e6),
  noise: fc.constantFrom(0, 0.01),
});
