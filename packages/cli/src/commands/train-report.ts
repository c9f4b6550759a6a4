import { isCorrelated, isDataInputs } from '@polysem/core/features';
import {
  type DivergedTraining,
  type TrainingResult,
  type TrainingRun,
  type TrainingSpec,
} from '@polysem/engine/training';
import type { Embedding } from '@polysem/core/embedding';
import { embeddingToMatrix } from '@polysem/io';
import { counted, number, table, withError } from '@polysem/reports/text';
import { describeModel } from '@polysem/reports/phase';
import { representedFeatures } from '@polysem/runs';

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
  const represented = representedFeatures(squaredNorm);
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
