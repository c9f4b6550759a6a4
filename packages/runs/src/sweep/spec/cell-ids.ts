import { hash } from 'node:crypto';
import { revision, version } from '@polysem/core/version';
import { canonicalJson } from '../../identity.ts';
import type { CellSpec } from '../cell.ts';
import type { Parameters } from '../cells/computation.ts';

/** SHA-256 of a text, in hexadecimal. */
const sha256 = (text: string): string => hash('sha256', text, 'hex');

/**
 * Computes the ids of the cells of a plan: `cellId` of their specs. The parts of the canonical text that cells share are made
 * once.
 *
 * @param shared the fields that all cells share.
 * @returns a function of the parameters and the seed.
 */
export function cellIds(
  shared: Pick<CellSpec, 'compute' | 'kernel' | 'measurements' | 'weights'>,
): (parameters: Parameters, seed: number) => string {
  const { compute, kernel, measurements, weights } = shared;
  // Keys in the order of canonical JSON.
  const first = canonicalJson({ compute, kernel, measurements }).slice(0, -1);
  const last = canonicalJson({ version, weights }).slice(1);
  let known: Parameters | null = null;
  let text = '';
  return (parameters, seed) => {
    if (parameters !== known) {
      text = `${first},"parameters":${canonicalJson(parameters)},"revision":${revision},"seed":`;
      known = parameters;
    }
    return sha256(`${text}${seed},${last}`);
  };
}
