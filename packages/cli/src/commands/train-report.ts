import { isCorrelated, isDataInputs } from '@polysem/core/features';
import {
  recordedSteps,
  type DivergedTraining,
  type TrainingResult,
  type TrainingRun,
  type TrainingSpec,
} from '@polysem/engine/training';
import { version } from '@polysem/core/version';
import type { Embedding } from '@polysem/core/embedding';
import type { KernelName } from '@polysem/engine/kernels';
import { embeddingToMatrix, encodeSafetensors } from '@polysem/io';
import { counted, number, table, toJson, withError } from '@polysem/reports/text';
import { describeModel } from '@polysem/reports/phase';

type Ended = TrainingResult | DivergedTraining;

/** The `--json` output for one model. */
export function summary(result: Ended): object {
  const { spec, runs } = result;
  const all = {
    seed: spec.seed,
    losses: runs.map((run) => run.loss),
    best: result.best,
    runs: runs.map(withoutWeights),
    spec,
  };
  if (result.best === null) return { loss: null, ...all };
  const { loss, lossError, optimum, gap, capacity, predictedCapacity, squaredNorm, bias } = result;
  const history = runs[result.best].history.map((point) => ({
    step: point.step,
    loss: point.loss,
    capacity: point.capacity,
    weights: rowsOf(point.embedding),
    readOut: point.readOut === null ? null : rowsOf(point.readOut),
    bias: point.bias,
    outputWeights: point.outputWeights,
  }));
  return {
    loss,
    lossError,
    optimum,
    gap,
    capacity,
    predictedCapacity,
    squaredNorm,
    bias,
    ...all,
    history,
  };
}

/** A run of the JSON, whose error and gap are given for the best run only. */
function withoutWeights({ history, lossError: _error, gap: _gap, ...run }: TrainingRun): object {
  return { ...run, history: history.map(({ step, loss, capacity }) => ({ step, loss, capacity })) };
}

/** W as D rows of N numbers. */
function rowsOf(embedding: Embedding): number[][] {
  const { data, shape } = embeddingToMatrix(embedding);
  const [dims, features] = shape;
  return Array.from({ length: dims }, (_, d) =>
    Array.from(data.subarray(d * features, (d + 1) * features)),
  );
}

interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/**
 * One model as a safetensors file, with W as D x N. The metadata name the axis that counts
 * features, so that `measure` needs no flag for it.
 */
export function encodeOne(result: TrainingResult, kernel: KernelName | null): Uint8Array {
  return encodeSafetensors(tensors(result), {
    ...metadata(kernel),
    spec: toJson(result.spec),
    result: toJson(scalars(result)),
  });
}

/**
 * The tensors of several models, with instances as the first axis; NaN for an instance whose
 * restarts all diverged.
 */
export function encodeMany(results: readonly Ended[], kernel: KernelName | null): Uint8Array {
  const each = results.map((result) => (result.best === null ? null : tensors(result)));
  const pattern = each.find((known) => known !== null) ?? [];
  const stacked = pattern.map(({ name, shape, data: { length } }, t) => {
    const data = new Float64Array(results.length * length).fill(NaN);
    each.forEach((known, i) => data.set(known?.[t].data ?? [], i * length));
    return { name, shape: [results.length, ...shape], data };
  });
  return encodeSafetensors(stacked, {
    ...metadata(kernel),
    spec: toJson(results.map(({ spec }) => spec)),
    result: toJson(results.map((result) => (result.best === null ? null : scalars(result)))),
  });
}

function metadata(kernel: KernelName | null): Record<string, string> {
  return { polysem: version, features: 'columns', ...(kernel !== null && { kernel }) };
}

function scalars({ loss, lossError, optimum, gap }: TrainingResult): object {
  return { loss, lossError, optimum, gap };
}

function tensors(result: TrainingResult): NamedTensor[] {
  return [...parameterTensors(result), ...historyTensors(result)];
}

/** The parameters of a trained model, or of a recorded step. */
type TrainedParts = Pick<TrainingResult, 'embedding' | 'readOut' | 'bias' | 'outputWeights'>;

/** All parameters of a model: W, and U, b and u if it has them. */
function parameterTensors({
  embedding,
  readOut,
  bias,
  outputWeights,
}: TrainedParts): NamedTensor[] {
  return [
    matrix('W', embedding),
    ...(readOut === null ? [] : [matrix('U', readOut)]),
    ...(bias.length === 0 ? [] : [{ name: 'b', shape: [bias.length], data: bias }]),
    ...(outputWeights === null
      ? []
      : [{ name: 'u', shape: [outputWeights.length], data: outputWeights }]),
  ];
}

function matrix(name: string, embedding: Embedding): NamedTensor {
  const { shape, data } = embeddingToMatrix(embedding);
  return { name, shape, data: Float64Array.from(data) };
}

/**
 * One row per recorded step of the best restart, with all parameters of the model at that step (W is `history.weights`); NaN
 * for steps after an early stop.
 */
function historyTensors(result: TrainingResult): NamedTensor[] {
  const { spec, runs, best } = result;
  const { features } = spec.model;
  const { history } = runs[best];
  // An early stop adds a row of its own; there is room, because the last step was not reached.
  const rows = recordedSteps(spec).length;
  if (rows === 0) return [];
  const fill = (name: string, shape: readonly number[], of: (k: number) => ArrayLike<number>) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = new Float64Array(rows * size).fill(NaN);
    history.forEach((_, k) => data.set(of(k), k * size));
    return { name, shape: [rows, ...shape], data };
  };
  const parameters = parameterTensors(result);
  return [
    fill('history.step', [], (k) => [history[k].step]),
    fill('history.loss', [], (k) => [history[k].loss]),
    fill('history.capacity', [features], (k) => history[k].capacity),
    ...parameters.map(({ name, shape }, t) =>
      fill(
        `history.${t === 0 ? 'weights' : name}`,
        shape,
        (k) => parameterTensors(history[k])[t].data,
      ),
    ),
  ];
}

/** One model as text: one row per feature. */
export function describeOne(result: TrainingResult): string {
  const { spec, capacity, squaredNorm, optimum, gap, runs, best } = result;
  const rows = spec.model.importance.map((v, i) => [
    String(i),
    number(v),
    capacity[i].toFixed(6),
    number(squaredNorm[i], 6),
  ]);
  const certified =
    optimum === null || gap === null
      ? 'no certified optimum: the theory covers the quadratic computation model with independent inputs of mean 0'
      : `optimum  ${number(optimum, 8)} (certified), relative gap ${describeGap(gap)}`;
  return [
    table([['feature', 'importance', 'capacity', 'squared norm'], ...rows]),
    '',
    `model    ${describeModel(spec.model)}`,
    `loss     ${describeLoss(result, 8)}, start ${best + 1} of ${runs.length}`,
    certified,
    `steps    ${describeSteps(runs, spec)}`,
    `starts   ${runs.map(describeRun).join('  ')}`,
  ].join('\n');
}

/** The loss with its standard error, or with `digits` digits if it has none. */
function describeLoss({ loss, lossError }: TrainingResult, digits: number): string {
  return lossError === null || lossError === 0 ? number(loss, digits) : withError(loss, lossError);
}

function describeGap(gap: number): string {
  return Math.abs(gap) < 1e-12 ? 'below 1e-12' : gap.toExponential(2);
}

/** Steps of all restarts, and whether they converged or took all steps. */
function describeSteps(
  runs: readonly TrainingRun[],
  { steps: most, optimiser }: TrainingSpec,
): string {
  const finite = runs.filter(({ stopped }) => stopped !== 'diverged');
  const steps = finite.map((run) => run.steps);
  const [least, longest] = [Math.min(...steps), Math.max(...steps)];
  const done = least === longest ? String(least) : `${least} to ${longest}`;
  const early = finite.filter(({ stopped }) => stopped === 'converged').length;
  const unit = optimiser.name === 'lbfgs' ? 'iterations' : 'steps';
  const how = optimiser.name === 'lbfgs' ? 'converged' : 'stopped early';
  return `${done} of at most ${most} ${unit}; ${early} of ${counted(finite.length, 'restart')} ${how}`;
}

function describeRun({ loss, stopped, cause, steps }: TrainingRun): string {
  return stopped === 'diverged' ? `diverged at step ${steps} (${cause})` : number(loss, 5);
}

/** A feature counts as represented if its vector is longer than this fraction of the longest. */
const REPRESENTED = 0.5;

/** Several models as text: one row per instance. */
export function describeMany(results: readonly Ended[]): string {
  const [{ spec, runs }] = results;
  const last = spec.model.task === 'compression' ? 'D*' : 'gap';
  const header = ['instance', 'density', 'best loss', 'mean loss', 'sum C', 'represented', last];
  const legend =
    last === 'D*'
      ? 'D* = D / |W|^2 (Elhage et al.)'
      : 'gap: to the certified optimum, if there is one';
  return [
    table([header, ...results.map((result, i) => describeInstance(result, i))]),
    '',
    describeModel(spec.model),
    `steps: ${describeSteps(
      results.flatMap((result) => result.runs),
      spec,
    )}`,
    `best and mean of ${runs.length} restart${runs.length > 1 ? 's' : ''}; represented: features longer than half the longest; ${legend}`,
  ].join('\n');
}

function describeInstance(result: Ended, place: number): string[] {
  const start = [String(place), describeDensity(result)];
  const { runs, spec } = result;
  if (result.best === null) return [...start, describeRun(runs[0]), '', '', '', ''];
  const { capacity, squaredNorm, gap } = result;
  const finite = runs.filter((run) => run.stopped !== 'diverged');
  const lost = runs.length - finite.length;
  const mean = total(finite.map((run) => run.loss)) / finite.length;
  const longest = squaredNorm.reduce((a, b) => Math.max(a, b), 0);
  const represented = squaredNorm.filter((n) => n > REPRESENTED ** 2 * longest).length;
  const isCompression = spec.model.task === 'compression';
  return [
    ...start,
    describeLoss(result, 5),
    `${number(mean, 5)}${lost > 0 ? ` (${lost} diverged)` : ''}`,
    total(capacity).toFixed(3),
    String(represented),
    isCompression
      ? number(spec.model.dims / total(squaredNorm), 4)
      : gap === null
        ? 'none'
        : describeGap(gap),
  ];
}

function describeDensity({ spec }: Ended): string {
  const { inputs } = spec;
  if (isDataInputs(inputs)) return 'data';
  const marginal = isCorrelated(inputs) ? inputs.marginal : inputs;
  return 'length' in marginal ? 'by feature' : number(marginal.density, 4);
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
