import { checkBlocks } from './block-style.ts';

/** The level gamma at which the eigenvalues of a block lie where it is a tight frame. */
export interface SpectrumLevel {
  readonly value: number;
  /** The number of its block. */
  readonly block?: number;
  /** Default: 'γ' and the value, after the block's letter. */
  readonly label?: string;
}

/** What eigenvalues there would be without structure. */
export interface NullSpectrum {
  /** Such as 'Marchenko-Pastur'. */
  readonly label: string;
  /** Descending, one for each eigenvalue it stands beside. */
  readonly eigenvalues: ArrayLike<number>;
  /** The ends of the range of each over draws. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

/** Eigenvalues of the frame operator S = W W^T. */
export interface SpectrumData {
  /** Descending. */
  readonly eigenvalues: ArrayLike<number>;
  /** The number of the block or eigenspace of each, or null. */
  readonly blockOf?: readonly (number | null)[];
  /** What the blocks are called, by number. */
  readonly blockNames?: readonly string[];
  readonly gammas?: readonly SpectrumLevel[];
  readonly nullModel?: NullSpectrum;
  /** Of the y axis. Default 'linear'. */
  readonly scale?: 'linear' | 'log';
  /** Default 'eigenvalue of S'. */
  readonly label?: string;
}

/**
 * @throws RangeError naming what is missing, of another length, or out of its range.
 */
export function checkSpectrum({
  eigenvalues,
  blockOf,
  gammas = [],
  nullModel,
}: SpectrumData): void {
  const n = eigenvalues.length;
  if (n === 0) throw new RangeError('spectrumFigure: there is no eigenvalue');
  for (const [name, values] of [
    ['eigenvalues', eigenvalues],
    ['nullModel.eigenvalues', nullModel?.eigenvalues],
    ['nullModel.low', nullModel?.low],
    ['nullModel.high', nullModel?.high],
    ['blockOf', blockOf],
  ] as const) {
    if (values === undefined) continue;
    if (values.length !== n) {
      throw new RangeError(`spectrumFigure: ${name} must be ${n}, got ${values.length}`);
    }
    if (name === 'blockOf') continue;
    const slack = 1e-9 * Math.abs((values as ArrayLike<number>)[0]);
    for (let i = 0; i < n; i++) {
      const value = values[i] as number;
      const before = i === 0 ? Infinity : (values[i - 1] as number);
      if (!(Number.isFinite(value) && value >= -slack && value <= before + slack)) {
        throw new RangeError(
          `spectrumFigure: ${name}[${i}] must be finite, not negative, and at most the one before, got ${value}`,
        );
      }
    }
  }
  checkBlocks('spectrumFigure', 'blockOf', blockOf ?? []);
  for (const { value } of gammas) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`spectrumFigure: a gamma must be finite and not negative, got ${value}`);
    }
  }
}
