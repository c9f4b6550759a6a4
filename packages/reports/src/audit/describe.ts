import type { Audit, Estimate, Goodness } from '@polysem/core/audit';
import { number } from '../text/number.ts';
import { table } from '../text/table.ts';

/**
 * Describes an audit in text, as tables.
 *
 * @param audit the audit.
 * @param labels names of the features, if known.
 * @param numbers index in the file of each feature, if some were left out. Default: 0, 1, 2 ..
 * @returns several paragraphs.
 *
 * @example
 * ```js
 * import { auditCapacity } from 'polysem/audit';
 * import { describeAudit } from 'polysem/reports';
 * const audit = auditCapacity({ capacity: [1, 0.6, 0.2, 0], importance: [4, 3, 2, 1], kurtosis: 5 });
 * describeAudit(audit, null).startsWith('price of capacity'); // true
 * ```
 */
export function describeAudit(
  audit: Audit,
  labels: readonly string[] | null,
  numbers?: ArrayLike<number>,
): string {
  const percent = `${number(100 * audit.resampling.confidence)} %`;
  return [
    priceTable(audit),
    goodnessTable(audit, percent),
    advantageTable(audit, percent),
    permutationLine(audit),
    relationsTable(audit, percent),
    ...(audit.outliers.list.length === 0 ? [] : [outlierTable(audit, labels, numbers)]),
    ['What this does not show', ...audit.limits.map(({ name, text }) => `  ${name}: ${text}`)].join(
      '\n',
    ),
  ].join('\n\n');
}

function priceTable({ fitted, budget, measuredTotal }: Audit): string {
  return table([
    ['price of capacity', 'price', 'lambda', 'sum C', 'measured sum C'],
    [
      '  best fit (least squares)',
      ...[fitted.price, fitted.lambda, fitted.total, measuredTotal].map(five),
    ],
    ...(budget === null
      ? [['  sum C as measured', 'no such price', '', '', five(measuredTotal)]]
      : [
          [
            '  sum C as measured',
            ...[budget.price, budget.lambda, budget.total, measuredTotal].map(five),
          ],
        ]),
  ]);
}

function goodnessTable({ goodness, goodnessAtBudget, nulls }: Audit, percent: string): string {
  return table([
    ['predicted and measured', 'Pearson', 'Spearman', 'R^2', 'mean |error|'],
    [
      'quadratic model, best fit',
      ...figures({
        pearson: goodness.pearson.value,
        spearman: goodness.spearman.value,
        rSquared: goodness.rSquared.value,
        meanAbsoluteError: goodness.meanAbsoluteError.value,
      }),
    ],
    [
      `  ${percent} interval`,
      ...[goodness.pearson, goodness.spearman, goodness.rSquared, goodness.meanAbsoluteError].map(
        interval,
      ),
    ],
    ...(goodnessAtBudget === null
      ? []
      : [['quadratic model, sum C as measured', ...figures(goodnessAtBudget)]]),
    ...nulls.map((fit) => [`null: ${fit.description}`.split(/[;,]/)[0], ...figures(fit.goodness)]),
  ]);
}

function advantageTable({ nulls }: Audit, percent: string): string {
  return table([
    [
      'R^2 of the theory minus R^2 of a null model',
      'difference',
      `${percent} interval`,
      'parameters fitted',
    ],
    ...nulls.map((fit) => [
      fit.name,
      five(fit.advantage.value),
      interval(fit.advantage),
      number(fit.parameters),
    ]),
  ]);
}

function permutationLine({ permutation }: Audit): string {
  return permutation === null
    ? 'permutation test: not possible, because measured or predicted capacities are constant'
    : `permutation test: ${number(permutation.permutations)} permutations, p = ${number(permutation.pValue, 2)}, ` +
        `correlation ${number(permutation.correlation, 3)}, standard score ${number(permutation.standardScore, 3)}`;
}

function relationsTable({ relations }: Audit, percent: string): string {
  return table([
    ['rank correlation of capacity with', 'Spearman', `${percent} interval`],
    ['importance', ...withInterval(relations.importance)],
    ...(relations.density === null
      ? []
      : [
          ['frequency', ...withInterval(relations.density.alone)],
          ['  given importance', ...withInterval(relations.density.importanceHeld)],
          ['  given kurtosis', ...withInterval(relations.densityKurtosisHeld)],
        ]),
    ['kurtosis', ...withInterval(relations.kurtosis.alone)],
    ['  given importance', ...withInterval(relations.kurtosis.importanceHeld)],
    ...(relations.density === null
      ? []
      : [['  given frequency', ...withInterval(relations.kurtosisDensityHeld)]]),
  ]);
}

function outlierTable(
  { outliers }: Audit,
  labels: readonly string[] | null,
  numbers?: ArrayLike<number>,
): string {
  const inFile = (feature: number): number => numbers?.[feature] ?? feature;
  return table([
    ['largest residuals', 'measured', 'predicted', 'residual / spread'],
    ...outliers.list
      .slice(0, 10)
      .map(({ feature, measured, predicted, score }) => [
        labels === null
          ? `feature ${inFile(feature)}`
          : `${inFile(feature)} ${labels[feature].slice(0, 40)}`,
        number(measured, 3),
        number(predicted, 3),
        number(score, 3),
      ]),
  ]);
}

function figures({ pearson, spearman, rSquared, meanAbsoluteError }: Goodness): string[] {
  return [pearson, spearman, rSquared, meanAbsoluteError].map((value) => number(value, 4));
}

function five(value: number): string {
  return number(value, 5);
}

function interval({ low, high }: Estimate): string {
  return Number.isNaN(low) ? '' : `${number(low, 3)} .. ${number(high, 3)}`;
}

function withInterval(estimate: Estimate | null): string[] {
  return estimate === null ? ['', ''] : [number(estimate.value, 3), interval(estimate)];
}
