import { fullGeometry, fullReproduction, quickReproduction } from '@polysem/runs/reproduce/sizes';
import type { Command } from 'commander';

/** Flags of `polysem reproduce`. */
export interface ReproduceFlags {
  readonly out: string;
  readonly seed: string;
  readonly full?: boolean;
  readonly cells?: string;
  readonly seeds?: string;
  readonly json?: boolean;
}

/** Parts of the paper that can be recomputed. */
export const TARGETS = [
  'equations',
  'figure2',
  'figure4',
  'figure7',
  'geometry',
  'kurtosis',
  'all',
] as const;

const { figure7Cells: coarse, geometry: quick } = quickReproduction;
const { figure7Cells: fine } = fullReproduction;

/** `polysem reproduce`: recomputes the paper's figures and claims and writes one report. */
export function reproduceCommand(command: Command): void {
  command
    .argument(
      '[what]',
      `${TARGETS.join(', ')}. all computes everything in under two minutes: figure7 with ${coarse} x ${coarse} cells per panel and geometry with ${quick.seeds} seeds, without kurtosis. figure7 alone (with kurtosis) takes minutes`,
      'all',
    )
    .option(
      '--full',
      `all: figure7 with ${fine} x ${fine} cells and all conventions, geometry with ${fullGeometry.seeds} seeds, and kurtosis, in about five minutes`,
    )
    .option('--out <folder>', 'folder of the report', 'polysem-report')
    .option('--seed <S>', 'seed of all randomness', '0')
    .option(
      '--cells <n>',
      `figure4, figure7: cells along each axis of a panel (default: ${fine}; all: ${coarse} for figure7)`,
    )
    .option(
      '--seeds <n>',
      `geometry: random starts per architecture (default: ${fullGeometry.seeds}; all: ${quick.seeds}). Five times as many random matrices`,
    )
    .option('--json', 'print the claims as JSON');
}
