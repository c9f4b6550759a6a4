import { allocateQuadratic, marginalBenefit, type Allocation } from '@polysem/core/theory';
import { checkMoment, moments } from '@polysem/core/features/distributions';
import { version } from '@polysem/core/version';
import { UsageError } from '../errors.ts';
import { parseImportance } from '../importance.ts';
import { checkTargets, print, printJson, save } from '../output.ts';
import { jsonBytes, number, table } from '@polysem/reports/text';
import { parseInteger, parseList, required } from '../parse.ts';
import { parseInputs } from '../commands/inputs.ts';
import type { AllocateFlags } from '../commands/allocate.ts';

/** Runs `polysem allocate`. */
export async function allocate(flags: AllocateFlags): Promise<void> {
  checkTargets({
    '--out': [flags.out, '.json'],
    '--embedding': [flags.embedding, '.npy'],
    '--bars': [flags.bars, '.svg'],
    '--curves': [flags.curves, '.svg'],
  });
  const importance = await parseImportance(flags);
  const dims = parseInteger(required(flags.dims, '--dims', '2'), '--dims', 1);
  const kurtosis = await parseKurtosis(flags);
  const result = allocateQuadratic({
    importance,
    kurtosis: kurtosis.length === 1 ? kurtosis[0] : kurtosis,
    dims,
  });
  checkDrawable(flags, importance.length, dims);
  const configuration = { command: 'allocate', importance, kurtosis, dims };

  if (flags.embedding !== undefined) await saveEmbedding(flags.embedding, result, dims);
  if (flags.bars !== undefined || flags.curves !== undefined)
    await saveFigures(flags, configuration, result);
  const whole = { ...result, version, configuration };
  if (flags.out !== undefined) await save(flags.out, jsonBytes(whole, 0, '\n'));
  if (flags.json === true) await printJson(whole);
  else print(describe(importance, kurtosis, result));
}

/** Writes a matrix that attains the optimum. */
async function saveEmbedding(path: string, result: Allocation, dims: number): Promise<void> {
  const { efficientEmbedding } = await import('@polysem/core/geometry');
  const { embeddingToMatrix, encodeNpy } = await import('@polysem/io');
  const w = efficientEmbedding(result.capacity, result.squaredNorm, dims);
  await save(path, encodeNpy(embeddingToMatrix(w)));
}

/** The problem, as results state it. */
interface AllocateConfiguration {
  readonly importance: readonly number[];
  /** One number for all features, or one per feature. */
  readonly kurtosis: readonly number[];
  readonly dims: number;
}

/** Draws the figures that the flags name. */
async function saveFigures(
  flags: AllocateFlags,
  configuration: AllocateConfiguration,
  result: Allocation,
): Promise<void> {
  const { capacityBarsFigure, marginalBenefitFigure } = await import('@polysem/figures');
  const { importance, kurtosis, dims } = configuration;
  const provenance = { polysem: version, seed: null, configuration };
  if (flags.bars !== undefined) {
    const data = {
      capacities: result.capacity,
      phases: result.phase.slice(),
      importances: importance,
      dims,
    };
    await save(flags.bars, capacityBarsFigure(data, { title: 'Optimal capacities', provenance }));
  }
  if (flags.curves !== undefined) {
    const options = { title: 'Marginal benefit of capacity', provenance };
    await save(flags.curves, marginalBenefitFigure(curves(importance, kurtosis, result), options));
  }
}

/** Refuses figures with too many features to read, and matrices too large to write. */
function checkDrawable(flags: AllocateFlags, features: number, dims: number): void {
  if (flags.curves !== undefined && features > 200) {
    throw new UsageError(`--curves: can draw 200 features, got ${features}`);
  }
  if (flags.bars !== undefined && features > 2000) {
    throw new UsageError(`--bars: can draw 2000 features, got ${features}`);
  }
  if (flags.embedding !== undefined && features * dims > 2 ** 27) {
    throw new UsageError(`--embedding: ${dims} x ${features} numbers exceed the limit of 1 GiB`);
  }
}

async function parseKurtosis(flags: AllocateFlags): Promise<number[]> {
  if (flags.kurtosis !== undefined && flags.density !== undefined) {
    throw new UsageError('--kurtosis: given together with --density; give one of them');
  }
  if (flags.kurtosis !== undefined) return parseList(flags.kurtosis, '--kurtosis');
  const density = required(flags.density, '--density', '0.1 (or --kurtosis 18)');
  const inputs = parseInputs(flags, density);
  const { kurtosis, mean } = moments(inputs);
  if (mean !== 0) {
    throw new UsageError(
      `--shape: the theory needs inputs with mean 0, and ${inputs.shape} has another mean; use uniform or gaussian, or give --kurtosis`,
    );
  }
  checkMoment(inputs, 4, 'kurtosis');
  return [Math.max(1, kurtosis)];
}

function kurtosisOf(kurtosis: readonly number[], i: number): number {
  return kurtosis.length === 1 ? kurtosis[0] : kurtosis[i];
}

function curves(
  importance: readonly number[],
  kurtosis: readonly number[],
  { capacity, phase, price }: Allocation,
) {
  const at = Array.from({ length: 101 }, (_, i) => i / 100);
  return {
    capacities: at,
    price,
    curves: importance.map((v, i) => ({
      importance: v,
      benefit: at.map((c) => marginalBenefit(v, kurtosisOf(kurtosis, i), c)),
      optimum: {
        capacity: capacity[i],
        benefit: marginalBenefit(v, kurtosisOf(kurtosis, i), capacity[i]),
        phase: phase[i],
      },
    })),
  };
}

/** Rows of the printed table; the JSON has all. */
const MOST_ROWS = 60;

function describe(
  importance: readonly number[],
  kurtosis: readonly number[],
  a: Allocation,
): string {
  const rows = importance
    .slice(0, MOST_ROWS)
    .map((v, i) => [
      String(i),
      number(v),
      number(kurtosisOf(kurtosis, i)),
      a.capacity[i].toFixed(6),
      number(a.squaredNorm[i], 6),
      a.phase[i],
    ]);
  const more =
    importance.length > MOST_ROWS
      ? [`.. and ${importance.length - MOST_ROWS} more (all with --json)`]
      : [];
  return [
    table([['feature', 'importance', 'kurtosis', 'capacity', 'squared norm', 'phase'], ...rows]),
    ...more,
    '',
    `loss   ${number(a.loss, 8)}${a.gap > 0 ? `, at most ${number(a.gap)} (relative) above the optimum` : ' (global optimum)'}`,
    `price  ${number(a.price, 8)}`,
    ...(a.degenerate ? ['degenerate: other allocations have the same loss'] : []),
  ].join('\n');
}
