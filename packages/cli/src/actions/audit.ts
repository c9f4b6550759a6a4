import { auditCapacity, type Audit } from '@polysem/core/audit';
import { efficiency } from '@polysem/core/capacity';
import { scaledBy } from '@polysem/core/streaming';
import { version } from '@polysem/core/version';
import { auditFigure, formatNumber } from '@polysem/figures';
import { shownLocation } from '@polysem/io/bytes';
import { describeAudit, auditFiles } from '@polysem/reports/audit';
import { checkSources, readKnown, type KnownFeatures } from '../audit/known-features.ts';
import {
  counted,
  labelText,
  leftOut,
  number,
  skippedJson,
  toJson,
  jsonBytes,
} from '@polysem/reports/text';
import { takenFrom } from '@polysem/reports/measurement';
import { measureSource, originalIndices, type FeatureChoice } from '@polysem/runs/measure';
import { checkTargets, print, save, saveTable, printJson } from '../output.ts';
import { parseInteger, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { rowNamesOf, withFeatures } from '../read-matrix.ts';
import { checkTableName, notesPath } from '@polysem/runs';
import type { AuditFlags } from '../commands/audit.ts';

/** Measured capacities, with the statistics of the same features. */
interface Audited {
  readonly measured: Awaited<ReturnType<typeof measureSource>>;
  readonly known: KnownFeatures;
  readonly flags: AuditFlags;
}

/** Title of the figure. */
const TITLE = 'Capacity: the theory with one price, and measured';

/** Largest number of features that the printed JSON lists one by one. */
const LISTED = 4096;

/** Runs `polysem audit`. */
// Long because it computes and writes all results of the command, in order.
export async function audit(location: string, flags: AuditFlags): Promise<void> {
  checkTargets(
    {
      '--out': [flags.out, '.json'],
      '--figure': [flags.figure, '.svg'],
      '--per-feature': flags.perFeature,
      '--per-feature, its configuration': notesPath(flags.perFeature),
    },
    [location, flags.stats, flags.activations],
  );
  checkTableName(flags.perFeature, '--per-feature');
  checkSources(flags);
  const seed = parseInteger(flags.seed, '--seed', 0);
  const resamples = parseInteger(flags.resamples, '--resamples', 0, 100_000);
  const threads = parseThreads(flags.threads);
  await withFeatures(location, flags, async ({ file, path, choice, source: w, skipped }) => {
    const progress = showProgress();
    const { update } = progress;
    const asStored = await measureSource(w, choice, threads, update);
    const known = await readKnown(flags, { ...asStored, skipped }, progress);
    const numbers = originalIndices({ skipped, measured: w });
    const names = rowNamesOf(file, choice);
    const labels = known.labels ?? (names && Array.from(numbers, (i) => names[i]));
    const { scale } = known;
    const measured =
      scale === null ? asStored : await measureSource(scaledBy(w, scale), choice, threads, update);
    const measuredEfficiency = efficiency(measured);
    const result = compare({ measured, known, flags }, choice, {
      seed,
      resamples,
      onProgress: (done) => progress.update('resamples', done),
    });
    progress.end();
    const configuration = {
      command: 'audit',
      file: path,
      ...takenFrom({ choice, measured, ...(skipped.length > 0 && { skipped }) }),
      ...statisticsFrom(flags, known),
      seed,
      resamples,
    };
    const heading = `${path}, ${labelText(choice.label)}: ${counted(w.features, 'feature')} in ${counted(w.dims, 'dimension')}, rank ${measured.rank}, efficiency ${number(measuredEfficiency, 4)}${skipped.length === 0 ? '' : `; ${leftOut(skipped)}`}`;
    const notes = choice.notes.map((line) => `  ${labelText(line)}\n`).join('');
    const perFeature = {
      ...(skipped.length > 0 && { feature: numbers }),
      capacity: measured.capacity,
      predicted: result.predicted,
      importance: known.importance,
      kurtosis: known.kurtosis,
      density: known.density,
      labels,
    };
    const { predicted: _, ...rest } = result;
    const whole = {
      ...rest,
      ...(skipped.length > 0 && {
        outliers: withOriginalFeatures(result.outliers, numbers),
        skipped: skippedJson(skipped),
      }),
      dims: w.dims,
      rank: measured.rank,
      efficiency: measuredEfficiency,
      version,
      configuration,
    };
    if (flags.out !== undefined)
      await save(flags.out, jsonBytes({ ...whole, perFeature }, 1, '\n'));
    if (flags.perFeature !== undefined)
      await saveTable(
        auditFiles(flags.perFeature, perFeature, {
          version,
          configuration: toJson(configuration),
        }),
      );
    if (flags.figure !== undefined) {
      const provenance = { polysem: version, seed, configuration };
      const data = figureData(result, measured.capacity, known);
      const subtitle = `${heading}; ${agreement(result)}`;
      await save(flags.figure, auditFigure(data, { title: TITLE, subtitle, provenance }));
    }
    if (flags.json === true)
      await printJson(w.features <= LISTED ? { ...whole, perFeature } : whole);
    else print(`${heading}\n${notes}\n${describeAudit(result, labels, numbers)}`);
  });
}

/** Numbers outliers as in the file. */
function withOriginalFeatures(outliers: Audit['outliers'], numbers: Int32Array): object {
  const list = outliers.list.map((each) => ({ ...each, feature: numbers[each.feature] }));
  return { ...outliers, list };
}

/** Compares measured capacities with those that the theory predicts from importance and kurtosis. */
function compare(
  { measured, known, flags }: Audited,
  { fold }: FeatureChoice,
  options: NonNullable<Parameters<typeof auditCapacity>[1]>,
): Audit {
  const importanceFrom = known.columns['--importance'];
  return auditCapacity(
    {
      capacity: measured.capacity,
      importance: known.importance,
      kurtosis: known.kurtosis,
      ...(known.density === null ? {} : { density: known.density }),
    },
    {
      ...options,
      context: {
        importanceFrom,
        importanceUsesVectors: flags.activations !== undefined && importanceFrom === 'explained',
        ...(known.shape === null ? {} : { kurtosisShape: known.shape }),
        unitVariance: known.scale !== null,
        isFolded: fold !== undefined,
        efficiency: efficiency(measured),
      },
    },
  );
}

/** Source of importance and kurtosis, for the configuration. */
function statisticsFrom({ stats, activations }: AuditFlags, { columns, shape }: KnownFeatures) {
  return {
    ...(stats === undefined
      ? { activations: shownLocation(activations ?? '') }
      : { stats: shownLocation(stats) }),
    columns,
    shape,
  };
}

/** The agreement of theory and measurement, for the figure. */
function agreement({ goodness: { pearson, rSquared } }: Audit): string {
  const [r, low, high, explained] = [pearson.value, pearson.low, pearson.high, rSquared.value].map(
    (value) => formatNumber(value, 3),
  );
  return `r = ${r} (${low} to ${high}), R² ${explained}`;
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
