import { phaseNameOf } from '@polysem/engine/phase';
import { capacityColour, phaseColour, signedColour } from './ramp.ts';

/** Values that a map of a phase diagram shows: capacities, their differences, or the named phases of capacities. */
export type MapKind = 'capacity' | 'difference' | 'phases';

/** Paints the cells of a map, one pixel per cell; cells that are far from any computed one stay empty. */
export function paintCells(
  image: ImageData,
  values: Float64Array | null,
  kind: MapKind,
  theme: 'light' | 'dark',
): void {
  const { width: columns, height: rows } = image;
  const colourOf = (value: number): readonly number[] => {
    if (kind === 'difference') return signedColour(theme, value);
    return kind === 'phases'
      ? phaseColour(theme, phaseNameOf(value))
      : capacityColour(theme, value);
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values === null ? NaN : nearest(values, columns, row, column);
      if (Number.isNaN(value)) continue;
      const [r, g, b] = colourOf(value);
      image.data.set([r, g, b, 255], 4 * (row * columns + column));
    }
  }
}

/** The value of a cell, or of the nearest row that is computed: a coarse picture until the fine one is there. */
function nearest(cells: Float64Array, columns: number, row: number, column: number): number {
  const rows = cells.length / columns;
  for (let away = 0; away < 8; away++) {
    const above = cells[(row - away) * columns + column];
    if (row - away >= 0 && !Number.isNaN(above)) return above;
    const below = cells[(row + away) * columns + column];
    if (row + away < rows && !Number.isNaN(below)) return below;
  }
  return NaN;
}
