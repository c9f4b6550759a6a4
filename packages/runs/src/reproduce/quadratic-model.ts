/** The model of section 3 of the paper, as plain data. */
export interface QuadraticComputation {
  readonly task: 'computation';
  readonly activation: 'quadratic';
  readonly features: number;
  readonly dims: number;
  readonly importance: readonly number[];
}

/** The quadratic computation model with one importance per feature. */
export function quadraticModel(dims: number, importance: readonly number[]): QuadraticComputation {
  const features = importance.length;
  return { task: 'computation', activation: 'quadratic', features, dims, importance };
}
