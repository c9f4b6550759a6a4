import type { z } from 'zod';
import type { ResultColumn } from '../cell.ts';
import { computations } from './registry.ts';

/** A kind of cell, described for documentation. */
export interface ComputationDescription {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly description: string }[];
  readonly measurements: readonly (ResultColumn & {
    readonly description: string;
    /** True if a document that names no measurements has this column. */
    readonly isUsual: boolean;
  })[];
}

/**
 * Lists what cells can compute, with parameters and measurements.
 *
 * @returns one entry per computation.
 *
 * @example
 * ```js
 * import { listComputations } from 'polysem/sweep';
 * listComputations()[0].name; // 'train'
 * ```
 */
export function listComputations(): ComputationDescription[] {
  return Object.values(computations).map(({ name, description, schema, measurements, usual }) => ({
    name,
    description,
    parameters: Object.entries(schema.shape).map(([parameter, type]) => ({
      name: parameter,
      description: (type as z.ZodOptional<z.ZodType>).unwrap().description ?? '',
    })),
    measurements: Object.entries(measurements).map(([column, { type, description: text }]) => ({
      name: column,
      type,
      description: text,
      isUsual: usual.includes(column),
    })),
  }));
}
