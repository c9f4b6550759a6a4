import { join } from 'node:path';
import {
  blockMatrix,
  efficientForm,
  type Dynamics,
  type GeometryOptions,
  type NearestEfficient,
} from '@polysem/core/geometry';
import { version } from '@polysem/core/version';
import type { Embedding } from '@polysem/core/embedding';
import { embeddingToMatrix, encodeSafetensors, type TensorFile } from '@polysem/io';
import { FormatError } from '@polysem/io/bytes';
import { parseBlas } from '../blas-flag.ts';
import { UsageError } from '../errors.ts';
import { geometryText, geometryJson, geometryFigures } from '@polysem/reports/geometry';
import { originalIndices } from '@polysem/runs/measure';
import { findGeometry, isLarge, readDynamics } from '@polysem/runs/geometry';
import { checkFolder, checkTargets, makeFolder, note, print, save, printJson } from '../output.ts';
import { toJson } from '@polysem/reports/text';
import { parseChoice, parseNumber, parseThreads } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { withFeatures } from '../read-matrix.ts';
import type { GeometryFlags } from '../commands/geometry.ts';

/** Runs `polysem geometry`. */
export async function geometry(location: string, flags: GeometryFlags): Promise<void> {
  checkTargets({ '--efficient': [flags.efficient, '.safetensors'] }, [location]);
  const { figures: folder } = flags;
  if (folder !== undefined) checkFolder('--figures', folder);
  const options = optionsOf(flags);
  const threads = parseThreads(flags.threads);
  const blas = parseBlas(flags.blas, threads);
  await withFeatures(location, flags, async ({ file, path, choice, source, skipped }) => {
    if (flags.efficient !== undefined && isLarge(source)) throw tooLarge(source.features);
    const progress = showProgress();
    const open = { file, path, choice, source, skipped };
    const found = await findGeometry(
      open,
      options,
      { threads, blas },
      {
        onProgress: progress.update,
        onNote: note,
      },
    );
    progress.end();
    const trained = await historyOf(file, path, options.noise, flags);
    const configuration = {
      command: 'geometry',
      file: path,
      tensor: choice.tensor,
      features: choice.axis,
      ...(choice.known !== undefined && { preset: choice.known.preset, layer: choice.known.layer }),
      ...(skipped.length > 0 && { skipped: skipped.length }),
      ...options,
      ...(blas && { blas: blas.name }),
    };
    const provenance = { polysem: version, seed: null, configuration };
    if (flags.efficient !== undefined)
      await save(
        flags.efficient,
        encodeNearest(found.geometry.nearest, { ...source, skipped }, configuration),
      );
    if (folder !== undefined) {
      makeFolder('--figures', folder);
      const drawn = Object.entries(await geometryFigures(found, trained, provenance, skipped));
      await Promise.all(drawn.map(([name, svg]) => save(join(folder, name), svg)));
      if (source.features > 3000) note('gram.svg is not drawn: more than 3000 features');
    }
    if (flags.json === true)
      await printJson({
        ...geometryJson(found.geometry, trained, skipped),
        version,
        configuration,
      });
    else print(geometryText(`${path}, ${choice.label}`, found.geometry, trained, skipped));
  });
}

/** The settings of the search for blocks. */
function optionsOf(flags: GeometryFlags): GeometryOptions & { readonly noise: number } {
  const noise = parseNumber(flags.noise, '--noise');
  if (!(noise >= 0 && noise < 1))
    throw new UsageError(`--noise: must lie in [0, 1), got ${flags.noise}`);
  return {
    noise,
    signs: parseChoice(flags.signs, '--signs', ['fixed', 'free'] as const),
    ...(flags.significance !== undefined && {
      significance: parseNumber(flags.significance, '--significance'),
    }),
    ...(flags.threshold !== undefined && {
      threshold: parseNumber(flags.threshold, '--threshold'),
    }),
  };
}

/** Blocks at each step of the history; null without one, or if `--skip-bad` is given and the history has bad numbers too. */
async function historyOf(
  file: TensorFile,
  path: string,
  noise: number,
  { skipBad }: GeometryFlags,
): Promise<Dynamics | null> {
  return readDynamics(file, path, noise).catch((error: unknown) => {
    if (skipBad !== true || !(error instanceof FormatError)) throw error;
    note(`the history of training is left out: ${error.problem}`);
    return null;
  });
}

function tooLarge(features: number): UsageError {
  return new UsageError(
    `--efficient: finding the nearest efficient matrix of ${features} features takes too long; choose a smaller matrix`,
  );
}

function matrix(
  name: string,
  w: Embedding,
): { name: string; shape: readonly number[]; data: Float64Array } {
  const { shape, data } = embeddingToMatrix(w);
  return { name, shape, data: Float64Array.from(data) };
}

/** The nearest efficient matrix W with its factors Q, B and P. */
function encodeNearest(
  nearest: NearestEfficient | null,
  { features, skipped }: { readonly features: number; readonly skipped: readonly number[] },
  configuration: object,
): Uint8Array {
  if (nearest === null) throw tooLarge(features);
  const form = efficientForm(nearest.embedding);
  const { dims, axes, q, order } = form;
  return encodeSafetensors(
    [
      matrix('W', nearest.embedding),
      matrix('B', blockMatrix(form)),
      { name: 'Q', shape: [dims, axes], data: q },
      { name: 'P', shape: [features], data: Float64Array.from(order) },
    ],
    {
      polysem: version,
      features: 'columns',
      configuration: toJson(configuration),
      distance: String(nearest.relativeDistance),
      optimum: nearest.optimum,
      form: 'W = Q B P: column c of B stands for feature P[c] of W',
      ...(skipped.length > 0 && {
        original: toJson(originalIndices({ skipped, measured: { features } })),
      }),
      blocks: toJson(form.blocks.map(({ frame: _frame, ...block }) => block)),
    },
  );
}
