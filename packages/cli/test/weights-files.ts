import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generator, normal } from '@polysem/numerics/random';
import { encodeSafetensors } from '@polysem/io';
import type { RunOfMany } from './polysem.ts';

export const FEATURES = 60;
export const DIMS = 8;
const LAYERS = 3;

export interface Measured {
  features: number;
  dims: number;
  matrix: string;
  capacity: { total: number };
  coherence: number | null;
  coherentPair: number[] | null;
  treatment: { centred: boolean; normalised: boolean };
  precision: { frame: string; features: string };
  references: { name: string; figures: { efficiency: number } }[];
  perFeature: {
    capacity: number[];
    neighbour?: number[];
    cosine?: number[];
    label?: string[];
  };
  matrices?: Measured[];
}

const g = generator(11);
/** A matrix of the given size whose mean vector is not zero. */
export const random = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => normal(g) + 0.3),
});
export const tokens = random(FEATURES, DIMS);
export const tensors = [
  { name: 'wte.weight', ...tokens },
  ...Array.from({ length: LAYERS }, (_, k) => [
    { name: `h.${k}.mlp.c_fc.weight`, ...random(DIMS, 32) },
    { name: `h.${k}.mlp.c_proj.weight`, ...random(32, DIMS) },
  ]).flat(),
];

/** Capacities by definition, from all pairs in float64: C_i = |w_i|^4 / sum_j (w_i . w_j)^2. */
export function byDefinition(rows: number[][]): number[] {
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  return rows.map((a) => {
    const all = rows.reduce((sum, b) => sum + dot(a, b) ** 2, 0);
    return all === 0 ? 0 : dot(a, a) ** 2 / all;
  });
}

export function rowsOf({ shape, data }: { shape: readonly number[]; data: ArrayLike<number> }) {
  const columns = shape[1];
  return Array.from({ length: shape[0] }, (_, i) =>
    Array.from({ length: columns }, (__, k) => data[i * columns + k]),
  );
}

export function parsed(run: RunOfMany): Measured {
  if (run.code !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Measured;
}

/** Writes a small model and its configuration to a folder. */
export function writeModel(folder: string): void {
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model/model.safetensors'), encodeSafetensors(tensors));
  writeFileSync(join(folder, 'model/config.json'), JSON.stringify({ n_embd: DIMS, n_head: 2 }));
}
