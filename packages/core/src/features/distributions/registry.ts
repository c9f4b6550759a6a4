import { nonNegativeInteger } from '@polysem/numerics/checks';
import * as all from './all.ts';
import type { Distribution, Parameter, ParameterValues } from './distribution.ts';

type Registered = (typeof all)[keyof typeof all];
type ParameterOf<D> = D extends Distribution<infer _Name, infer P> ? P : never;

/** The name of a registered distribution. */
export type DistributionName = Registered['name'];

/** The name of a parameter that some registered distribution has. */
export type ParameterName = ParameterOf<Registered>;

/** Any registered distribution. */
export type AnyDistribution = Distribution<DistributionName, ParameterName>;

/**
 * The distribution of an active feature's value z before scaling: a name and the parameters of that distribution, each
 * with its default where absent. Plain data.
 */
export type ValueDistribution = { readonly shape: DistributionName } & {
  readonly [name in ParameterName]?: number;
};

/**
 * All registered distributions by name, in alphabetical order.
 *
 * @example
 * ```js
 * import { distributions } from 'polysem/features';
 * distributions.laplace.description; // 'Laplace with mean 0 and scale 1 (variance 2)'
 * distributions.uniform.quantile(0.75, {}); // 0.5
 * ```
 */
export const distributions: Readonly<Record<DistributionName, AnyDistribution>> = byName();

function byName(): Readonly<Record<DistributionName, AnyDistribution>> {
  // Callers pass each distribution the values of its own parameters (parameterValues), which the types cannot express.
  const list = Object.values(all) as readonly unknown[] as readonly AnyDistribution[];
  return Object.fromEntries(list.map((one) => [one.name, one])) as Record<
    DistributionName,
    AnyDistribution
  >;
}

/** The names of all registered distributions. */
export const distributionNames: readonly DistributionName[] = Object.keys(
  distributions,
) as DistributionName[];

/** A parameter with its name and the distributions that have it. */
export interface DistributionParameter extends Parameter {
  readonly name: ParameterName;
  readonly distributions: readonly DistributionName[];
}

/** The parameters of all registered distributions. */
export const distributionParameters: readonly DistributionParameter[] = parameterTable();

function parameterTable(): readonly DistributionParameter[] {
  const table = new Map<string, DistributionParameter>();
  for (const { name: owner, parameters } of Object.values(distributions)) {
    for (const [name, parameter] of Object.entries(parameters ?? {})) {
      const owners = [...(table.get(name)?.distributions ?? []), owner];
      table.set(name, { ...parameter, name: name as ParameterName, distributions: owners });
    }
  }
  return [...table.values()];
}

/**
 * Extracts the name and parameters of a distribution from an object with more fields, such as a spec.
 *
 * @param given the object.
 * @returns the name and the parameters that are given, without defaults.
 *
 * @example
 * ```js
 * import { valueDistribution } from 'polysem/features';
 * valueDistribution({ shape: 'student-t', degreesOfFreedom: 7, density: 0.1 }); // { shape: 'student-t', degreesOfFreedom: 7 }
 * ```
 */
export function valueDistribution(given: ValueDistribution): ValueDistribution {
  return { shape: given.shape, ...givenParameters(given) };
}

/**
 * Extracts the parameters of a distribution from an object with more fields.
 *
 * @param given the object.
 * @returns the parameters that are given, without defaults.
 *
 * @example
 * ```js
 * import { givenParameters } from 'polysem/features';
 * givenParameters({ shape: 'student-t', degreesOfFreedom: 7 }); // { degreesOfFreedom: 7 }
 * givenParameters({ shape: 'student-t' }); // {}
 * ```
 */
export function givenParameters(given: { readonly [name in ParameterName]?: number }): {
  readonly [name in ParameterName]?: number;
} {
  const present = distributionParameters.filter(({ name }) => given[name] !== undefined);
  return Object.fromEntries(present.map(({ name }) => [name, given[name]]));
}

const NONE = {} as ParameterValues<ParameterName>;

/**
 * The values of all parameters of a distribution.
 *
 * @param given a distribution, possibly without some of its parameters.
 * @returns the given values, and defaults for the others.
 *
 * @example
 * ```js
 * import { parameterValues } from 'polysem/features';
 * parameterValues({ shape: 'student-t' }); // { degreesOfFreedom: 5 }
 * parameterValues({ shape: 'uniform' }); // {}
 * ```
 */
export function parameterValues(given: ValueDistribution): ParameterValues<ParameterName> {
  const { parameters } = distributions[given.shape];
  if (parameters === undefined) return NONE;
  const values: Record<string, number> = {};
  for (const name of Object.keys(parameters) as ParameterName[])
    values[name] = given[name] ?? parameters[name].default;
  return values as ParameterValues<ParameterName>;
}

/**
 * Checks the name and parameters of a distribution.
 *
 * @param given the distribution.
 * @throws RangeError for a name that is not registered, a parameter of another distribution, or a value that the
 * parameter does not accept.
 *
 * @example
 * ```js
 * import { checkValueDistribution } from 'polysem/features';
 * checkValueDistribution({ shape: 'student-t', degreesOfFreedom: 7 });
 * ```
 */
export function checkValueDistribution(given: ValueDistribution): void {
  const { shape } = given;
  if (!Object.hasOwn(distributions, shape)) {
    throw new RangeError(
      `shape: unknown distribution ${JSON.stringify(shape)}; use one of ${distributionNames.join(', ')}`,
    );
  }
  for (const { name, distributions: owners } of distributionParameters) {
    const value = given[name];
    if (value === undefined) continue;
    const own = distributions[shape].parameters?.[name];
    if (own === undefined) {
      throw new RangeError(
        `${name}: belongs to ${owners.join(', ')}, got ${value} for ${shape}; leave it out`,
      );
    }
    if (!own.accepts(value)) {
      throw new RangeError(
        `${name}: ${own.requirement}, got ${value}; leave it out for ${own.default}`,
      );
    }
  }
}

/**
 * E[z^order] before density and scale.
 *
 * @param distribution the distribution of z.
 * @param order a non-negative integer.
 * @returns Infinity where the moment diverges, NaN where it is undefined: for Student's t with nu degrees of freedom the
 * even and odd orders from nu on.
 * @throws RangeError for any other order.
 *
 * @example
 * ```js
 * import { rawMoment } from 'polysem/features';
 * rawMoment({ shape: 'gaussian' }, 4); // 3
 * rawMoment({ shape: 'student-t', degreesOfFreedom: 6 }, 6); // Infinity
 * ```
 */
export function rawMoment(distribution: ValueDistribution, order: number): number {
  nonNegativeInteger('order', order);
  return distributions[distribution.shape].rawMoment(order, parameterValues(distribution));
}

/**
 * Checks that E[z^order] is finite.
 *
 * @param distribution the distribution of z.
 * @param order a non-negative integer.
 * @param purpose what needs the moment, for the message: 'the exact loss'.
 * @throws RangeError naming the parameter to change, if the moment is infinite or undefined.
 *
 * @example
 * ```js
 * import { checkMoment } from 'polysem/features';
 * checkMoment({ shape: 'student-t', degreesOfFreedom: 5 }, 4, 'kurtosis');
 * ```
 */
export function checkMoment(distribution: ValueDistribution, order: number, purpose: string): void {
  if (Number.isFinite(rawMoment(distribution, order))) return;
  const { shape } = distribution;
  const { momentsBelow } = distributions[shape];
  throw new RangeError(
    momentsBelow === undefined
      ? `shape: ${purpose} needs a finite E[z^${order}], which ${shape} does not have; use another distribution`
      : `${momentsBelow}: must be above ${order} for ${purpose}, which needs a finite E[z^${order}]; got ${parameterValues(distribution)[momentsBelow]}`,
  );
}
