import { auditCapacity, type Audit } from '@polysem/core/audit';
import { efficiency } from '@polysem/core/capacity';
import { scaledBy } from '@polysem/core/streaming';
import { version } from '@polysem/core';
import { auditFigure } from '@polysem/figures';
import { shownLocation } from '@polysem/io/bytes';
import type { Command } from 'commander';
import { describeAudit } from '@polysem/reports/audit';
import {
  checkSources,
  readKnown,
  type KnownFeatures,
  type KnownFlags,
} from '../audit/known-features.ts';
import { auditFile } from '@polysem/reports/audit';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';
import { labelText } from '@polysem/reports/text';
import { takenFrom } from '@polysem/reports/measurement';
import { measureSource } from '@polysem/runs/measure';
import { checkTargets, print, save } from '../output.ts';
import { counted, number, toJson } from '@polysem/reports/text';
import { parseInteger, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { addValueFlags } from './inputs.ts';
import { withFeatures } from '../read-matrix.ts';
import { checkTableName } from '@polysem/runs';

interface AuditFlags extends FeatureFlags, KnownFlags {
  readonly out?: string;
  readonly figure?: string;
  readonly perFeature?: string;
  readonly seed: string;
  readonly resamples: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** Up to so many features are listed one by one in the JSON that is printed. */
const LISTED = 4096;

/** `polysem audit`: the theory's capacities beside measured ones. */
export function auditCommand(program: Command): void {
  const command = program
    .command('audit')
    .description('Audit: whether measured capacities follow the theory, with one price for all')
    .argument('<file>', 'feature vectors, wherever measure takes them from');
  addFeatureFlags(command)
    .option('--stats <file>', 'a table, .csv or .parquet, with a row a feature')
    .option(
      '--activations <file.npy>',
      'or activations, samples x features, to compute them from; a file or an address',
    )
    .option('--importance <column>', 'column of the importance (activations: explained)')
    .option('--kurtosis <column>', 'column of the kurtosis (activations: kurtosis)')
    .option('--density <column>', 'column of the frequency, P(active) (activations: density)');
  addValueFlags(command, 'compute kurtosis from --density, for this distribution of active values')
    .option(
      '--scale <column>',
      'multiply vectors by this column first (activations: rms gives mean square 1)',
    )
    .option('--label <column>', 'column of names of features')
    .option('--seed <n>', 'seed of resamples and permutations', '0')
    .option('--resamples <n>', 'bootstrap resamples', '1000')
    .option('--threads <n>', 'worker threads (default: all processors)')
    .option('--out <file.json>', 'write everything, features one by one too')
    .option(
      '--figure <file.svg>',
      'draw predicted against measured, and capacity along frequency and kurtosis',
    )
    .option(
      '--per-feature <file>',
      'write measured and predicted capacity of each feature, as .csv or .parquet',
    )
    .option('--json', 'print one JSON object')
    .action(audit);
}

async function audit(location: string, flags: AuditFlags): Promise<void> {
  checkTargets(
    { '--out': flags.out, '--figure': flags.figure, '--per-feature': flags.perFeature },
    [location, flags.stats, flags.activations],
  );
  checkTableName(flags.perFeature, '--per-feature');
  checkSources(flags);
  const seed = parseInteger(flags.seed, '--seed', 0);
  const resamples = parseInteger(flags.resamples, '--resamples', 0, 100_000);
  const threads = parseThreads(flags.threads);
  await withFeatures(location, flags, async ({ path, choice, source: w }) => {
    const progress = showProgress();
    const { update } = progress;
    const asStored = await measureSource(w, choice, threads, update);
    const known = await readKnown(flags, asStored.squaredNorm, progress);
    const { scale } = known;
    const measured =
      scale === null ? asStored : await measureSource(scaledBy(w, scale), choice, threads, update);
    const measuredEfficiency = efficiency(measured);
    const result = auditCapacity(
      {
        capacity: measured.capacity,
        importance: known.importance,
        kurtosis: known.kurtosis,
        ...(known.density === null ? {} : { density: known.density }),
      },
      {
        seed,
        resamples,
        onProgress: (done) => progress.update('resamples', done),
        context: {
          importanceFrom: known.columns['--importance'],
          importanceUsesVectors:
            flags.activations !== undefined && known.columns['--importance'] === 'explained',
          ...(known.shape === null ? {} : { kurtosisShape: known.shape }),
          unitVariance: known.scale !== null,
          isFolded: choice.fold !== undefined,
          efficiency: measuredEfficiency,
        },
      },
    );
    progress.end();
    const configuration = {
      command: 'audit',
      file: path,
      ...takenFrom({ choice, measured }),
      ...(flags.stats === undefined
        ? { activations: shownLocation(flags.activations ?? '') }
        : { stats: shownLocation(flags.stats) }),
      columns: known.columns,
      shape: known.shape,
      seed,
      resamples,
    };
    const heading = `${path}, ${labelText(choice.label)}: ${counted(w.features, 'feature')} in ${counted(w.dims, 'dimension')}, rank ${measured.rank}, efficiency ${number(measuredEfficiency, 4)}`;
    const notes = choice.notes.map((line) => `  ${labelText(line)}\n`).join('');
    const perFeature = {
      capacity: measured.capacity,
      predicted: result.predicted,
      importance: known.importance,
      kurtosis: known.kurtosis,
      density: known.density,
      labels: known.labels,
    };
    const { predicted: _, ...rest } = result;
    const whole = {
      ...rest,
      dims: w.dims,
      rank: measured.rank,
      efficiency: measuredEfficiency,
      version,
      configuration,
    };
    if (flags.out !== undefined) await save(flags.out, `${toJson({ ...whole, perFeature }, 1)}\n`);
    if (flags.perFeature !== undefined)
      await save(
        flags.perFeature,
        auditFile(flags.perFeature, perFeature, {
          version,
          configuration: toJson(configuration),
        }),
      );
    if (flags.figure !== undefined) {
      const provenance = { polysem: version, seed, configuration };
      await save(
        flags.figure,
        auditFigure(figureData(result, measured.capacity, known), {
          title: 'Capacity: the theory with one price, and measured',
          subtitle: `${heading}; ${agreement(result)}`,
          provenance,
        }),
      );
    }
    if (flags.json === true) print(toJson(w.features <= LISTED ? { ...whole, perFeature } : whole));
    else print(`${heading}\n${notes}\n${describeAudit(result, known.labels)}`);
  });
}

function agreement({ goodness: { pearson, rSquared } }: Audit): string {
  return `r = ${number(pearson.value, 3)} (${number(pearson.low, 3)} to ${number(pearson.high, 3)}), R² ${number(rSquared.value, 3)}`;
}

function figureData(result: Audit, capacity: Float64Array, known: KnownFeatures) {
  const { density, kurtosis } = result.trends;
  return {
    predicted: result.predicted,
    measured: capacity,
    trends: [
      ...(density === null || known.density === null
        ? []
        : [{ label: 'frequency P(active)', values: known.density, points: density }]),
      { label: 'kurtosis', values: known.kurtosis, points: kurtosis },
    ],
  };
}
