import {
  distributionNames,
  distributionParameters,
  distributions,
  type DistributionName,
  type FeatureDistribution,
  type ParameterName,
  type ValueDistribution,
} from '@polysem/core/features/distributions';
import { flagOf } from '../errors.ts';
import { parseChoice, parseNumber } from '../parse.ts';

/** Flags of the distribution of active values: `--shape` and the parameters of registered distributions. */
export type ValueFlags = { readonly shape?: string } & {
  readonly [name in ParameterName]?: string;
};

/** Flags of the distribution of inputs. */
export type InputFlags = ValueFlags & {
  readonly density?: string;
  readonly correlation?: string;
};

/** A command that takes options. */
interface TakesOptions {
  option(flags: string, description: string): this;
}

/** Adds `--shape` and the parameters of distributions to a command. `usual` says what the flag does and its default. */
export function addValueFlags<C extends TakesOptions>(command: C, usual: string): C {
  const names = distributionNames.map((name) =>
    distributions[name].lanes === undefined ? `${name} (slower)` : name,
  );
  let all = command.option('--shape <name>', `${usual}: ${names.join(', ')}`);
  for (const {
    name,
    symbol,
    description,
    distributions: owners,
    ...rest
  } of distributionParameters)
    all = all.option(
      `${flagOf(name)} <${symbol}>`,
      `with --shape ${owners.join(' or ')}: ${description} (default: ${rest.default})`,
    );
  return all;
}

/** The flags that are given, with their texts. */
export function givenValueFlags(flags: ValueFlags): Readonly<Record<string, string | undefined>> {
  const parameters = distributionParameters.map(({ name }) => [flagOf(name), flags[name]] as const);
  return { '--shape': flags.shape, ...Object.fromEntries(parameters) };
}

/** The distribution of active values that the flags name. */
export function parseShape(
  flags: ValueFlags,
  usual: DistributionName = 'uniform',
): ValueDistribution {
  const shape = parseChoice(flags.shape ?? usual, '--shape', distributionNames);
  const parameters = distributionParameters.flatMap(({ name }) => {
    const text = flags[name];
    return text === undefined ? [] : [[name, parseNumber(text, flagOf(name))] as const];
  });
  return { shape, ...Object.fromEntries(parameters) };
}

/** Inputs with a density, scaled to variance 1 as the theory assumes. */
export function parseInputs(flags: InputFlags, density: string): FeatureDistribution {
  return { ...parseShape(flags), density: parseNumber(density, '--density'), unitVariance: true };
}
