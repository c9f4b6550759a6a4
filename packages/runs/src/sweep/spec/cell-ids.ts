import { hash } from 'node:crypto';
import { revision, version } from '@polysem/core/version';
import { canonicalJson } from '../../identity.ts';
import type { CellSpec } from '../cell.ts';
import type { Point } from './point-maker.ts';

/**
 * Computes the ids of the cells of a plan: `cellId` of their specs. The parts of the canonical text that cells share are made
 * once.
 *
 * @param shared the fields that all cells share.
 * @returns a function of the point and the seed.
 */
export function cellIds(
  shared: Pick<CellSpec, 'compute' | 'kernel' | 'measurements' | 'weights'>,
): (point: Point, seed: number) => string {
  const { compute, kernel, measurements, weights } = shared;
  // Keys in the order of canonical JSON.
  const first = canonicalJson({ compute, kernel, measurements }).slice(0, -1);
  const last = canonicalJson({ version, weights }).slice(1);
  return ({ text }, seed) =>
    hash(
      'sha256',
      `${first},"parameters":${text},"revision":${revision},"seed":${seed},${last}`,
      'hex',
    );
}
