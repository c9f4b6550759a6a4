import type { ResultColumn } from '../cell.ts';
import { expandAxes, type Axis } from '../spec/axes.ts';
import { cellValue } from '../spec/columns.ts';
import type { AxisDocument, SweepDocument } from '../spec/document.ts';
import type { Manifest } from '../store/manifest.ts';

/** A parameter along an axis of a finished or running sweep. */
export interface ResultParameter {
  /** Its column of the table. */
  readonly column: ResultColumn;
  /** One value per place on the axis, as the table holds it. */
  readonly values: readonly (number | string)[];
  /** The form of the axis in the spec. */
  readonly spacing: 'listed' | 'linear' | 'log' | 'random';
}

/** An axis: one parameter, or several that advance together. */
export interface ResultAxis {
  readonly count: number;
  readonly parameters: readonly [ResultParameter, ...ResultParameter[]];
}

/** The seeds of a sweep, which vary fastest. */
export interface ResultSeeds {
  readonly count: number;
  readonly at: (place: number) => number;
}

/**
 * The axes of a sweep, from its manifest.
 *
 * @param manifest the manifest.
 * @returns the axes, the slowest first.
 */
export function resultAxes({ spec, axes: columns }: Manifest): ResultAxis[] {
  const documents = ((spec as Partial<SweepDocument>).axes ?? []).map(documentsOf);
  let column = 0;
  return expandAxes((spec as Partial<SweepDocument>).axes, null).map(
    ({ count, varied }: Axis, place) => {
      const parameters = varied.map(({ values }, k): ResultParameter => {
        const own = columns[column++];
        return {
          column: own,
          values: Array.from(values, (value) => cellValue(value, own.type)),
          spacing: spacingOf(documents[place][k]),
        };
      });
      return { count, parameters: parameters as [ResultParameter, ...ResultParameter[]] };
    },
  );
}

/**
 * The seeds of a sweep, from its manifest.
 *
 * @param manifest the manifest.
 * @returns their number and values.
 */
export function resultSeeds({ spec }: Manifest): ResultSeeds {
  const seeds = (spec as Partial<SweepDocument>).seeds ?? [0];
  if (typeof seeds === 'number') return { count: seeds, at: (place) => place };
  if ('from' in seeds) return { count: seeds.count, at: (place) => seeds.from + place };
  return { count: seeds.length, at: (place) => seeds[place] };
}

function documentsOf(axis: NonNullable<SweepDocument['axes']>[number]): readonly AxisDocument[] {
  return 'zip' in axis && axis.zip !== undefined ? axis.zip : [axis as AxisDocument];
}

function spacingOf({ linear, log, random }: AxisDocument): ResultParameter['spacing'] {
  if (linear !== undefined) return 'linear';
  if (log !== undefined || random?.distribution === 'log-uniform') return 'log';
  return random === undefined ? 'listed' : 'random';
}
