import { z } from 'zod';
import { documents, AXIS_FORMS } from './schema.ts';

/** Properties of a JSON Schema that are changed. */
interface Changeable {
  properties?: Record<string, unknown>;
  oneOf?: unknown;
}

/**
 * The JSON Schema of documents of sweeps (draft 2020-12), made from the schema that checks them. Editors complete and check a
 * document that names it.
 *
 * @returns the schema as plain data.
 *
 * @example
 * ```js
 * import { sweepJsonSchema } from 'polysem/sweep';
 * sweepJsonSchema().title; // 'Sweep of polysem'
 * ```
 */
export function sweepJsonSchema(): Readonly<Record<string, unknown>> {
  const union = z.union(Object.values(documents));
  const { $schema, anyOf, ...rest } = z.toJSONSchema(union, {
    io: 'input',
    override: ({ jsonSchema }) => requireOneForm(jsonSchema as Changeable),
  });
  return {
    $schema,
    title: 'Sweep of polysem',
    description: 'An experiment as data: what each cell computes, and the axes that vary it.',
    oneOf: anyOf,
    ...rest,
  };
}

/** Adds to the schema of an axis that exactly one of its forms is given, which Zod checks by hand. */
function requireOneForm(schema: Changeable): void {
  const { properties } = schema;
  if (properties?.random === undefined || properties.parameter === undefined) return;
  const forms = AXIS_FORMS.map((form) => ({ required: ['parameter', form] }));
  schema.oneOf = properties.zip === undefined ? forms : [...forms, { required: ['zip'] }];
}
