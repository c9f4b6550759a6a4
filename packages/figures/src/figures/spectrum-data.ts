import { notNegative } from '@polysem/numerics/checks';
import { checkBlocks } from '../theme/block-style.ts';

/** The level gamma of a block: the value of its eigenvalues if it is a tight frame. */
export interface SpectrumLevel {
  readonly value: number;
  /** The number of its block. */
  readonly block?: number;
  /** Default: the letter of the block, 'γ' and the value. */
  readonly label?: string;
}

/** The eigenvalues that a null model gives. */
export interface NullSpectrum {
  /** Such as 'Marchenko-Pastur'. */
  readonly label: string;
  /** Descending, one per eigenvalue. */
  readonly eigenvalues: ArrayLike<number>;
  /** The ends of the range of each eigenvalue over draws. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

/** Data of `spectrumFigure`: eigenvalues of the frame operator S = W W^T. */
export interface SpectrumData {
  /** Descending. */
  readonly eigenvalues: ArrayLike<number>;
  /** The block or eigenspace of each eigenvalue, by number, or null. */
  readonly blockOf?: readonly (number | null)[];
  /** Names of the blocks, by number. */
  readonly blockNames?: readonly string[];
  readonly gammas?: readonly SpectrumLevel[];
  readonly nullModel?: NullSpectrum;
  /** Scale of the y axis. Default 'linear'. */
  readonly scale?: 'linear' | 'log';
  /** Label of the y axis. Default 'eigenvalue of S'. */
  readonly label?: string;
}

/**
 * Checks the data of a spectrum.
 *
 * @throws RangeError with the name of the field that is missing, has another length, or is out of range.
 */
export function checkSpectrum({
  eigenvalues,
  blockOf,
  gammas = [],
  nullModel,
}: SpectrumData): void {
  const n = eigenvalues.length;
  if (n === 0) throw new RangeError('spectrumFigure: needs at least one eigenvalue');
  if (blockOf !== undefined && blockOf.length !== n) {
    throw new RangeError(`spectrumFigure: blockOf must have ${n} values, got ${blockOf.length}`);
  }
  for (const [name, values] of [
    ['eigenvalues', eigenvalues],
    ['nullModel.eigenvalues', nullModel?.eigenvalues],
    ['nullModel.low', nullModel?.low],
    ['nullModel.high', nullModel?.high],
  ] as const) {
    if (values !== undefined) checkDescending(name, values, n);
  }
  checkBlocks('spectrumFigure', 'blockOf', blockOf ?? []);
  for (const { value } of gammas) {
    notNegative('spectrumFigure: gamma', value);
  }
}

function checkDescending(name: string, values: ArrayLike<number>, n: number): void {
  if (values.length !== n) {
    throw new RangeError(`spectrumFigure: ${name} must have ${n} values, got ${values.length}`);
  }
  const slack = 1e-9 * Math.abs(values[0]);
  for (let i = 0; i < n; i++) {
    const before = i === 0 ? Infinity : values[i - 1];
    if (!(Number.isFinite(values[i]) && values[i] >= -slack && values[i] <= before + slack)) {
      throw new RangeError(
        `spectrumFigure: ${name}[${i}] must be finite, not negative, and not above the one before, got ${values[i]}`,
      );
    }
  }
}
