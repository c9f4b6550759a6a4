import { embedding, type Embedding } from '../../embedding/embedding.ts';

/**
 * Two special square antiprisms of unit vectors. `tight`: the eigenvalue 8 z^2 of S equals the other two, 4 (1 - z^2), so every
 * capacity is 3/8. `thomson`: least Coulomb energy of 8 charges on a sphere (Thomson's problem); its capacities are 0.3744.
 */
export type AntiprismKind = 'tight' | 'thomson';

/**
 * Height z of the vertices of a special square antiprism above its middle plane.
 *
 * @param kind `tight` or `thomson`.
 * @returns z, in (0, 1).
 */
export function antiprismHeight(kind: AntiprismKind): number {
  return kind === 'tight' ? 1 / Math.sqrt(3) : thomsonHeight();
}

/** A square antiprism: eight unit vectors in two squares at heights z and -z, rotated relative to each other by 45 degrees. */
export function antiprism(z: number): Embedding {
  const data = new Float64Array(24);
  const radius = Math.sqrt((1 - z) * (1 + z));
  for (let i = 0; i < 8; i++) {
    const turn = (Math.PI / 4) * (2 * (i % 4) + (i < 4 ? 0 : 1));
    data[3 * i] = radius * Math.cos(turn);
    data[3 * i + 1] = radius * Math.sin(turn);
    data[3 * i + 2] = i < 4 ? z : -z;
  }
  return embedding(3, 8, data);
}

/** Height of the vertices of the tight triangular prism, whose capacities are 1/2: it consists of two orthonormal triples. */
export const TIGHT_PRISM_HEIGHT: number = 1 / Math.sqrt(3);

/** A triangular prism: six unit vectors in two triangles at heights z and -z, one above the other. */
export function triangularPrism(z: number): Embedding {
  const data = new Float64Array(18);
  const radius = Math.sqrt((1 - z) * (1 + z));
  for (let i = 0; i < 6; i++) {
    const turn = ((2 * Math.PI) / 3) * (i % 3);
    data[3 * i] = radius * Math.cos(turn);
    data[3 * i + 1] = radius * Math.sin(turn);
    data[3 * i + 2] = i < 3 ? z : -z;
  }
  return embedding(3, 6, data);
}

/** The height of least energy, by bisection of the derivative to the last bit. */
function thomsonHeight(): number {
  let low = 0.4;
  let high = 0.7;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (energySlope(middle) < 0) low = middle;
    else high = middle;
  }
}

/**
 * Derivative of the energy in z. With rho = sqrt(1 - z^2) the energy is (2 + 4 sqrt 2) / rho + 8 / a + 8 / b, where a and b are
 * the distances between vertices of different squares, a^2, b^2 = 4 z^2 + 2 rho^2 (1 -+ 1 / sqrt 2).
 */
function energySlope(z: number): number {
  const rho2 = (1 - z) * (1 + z);
  let slope = ((2 + 4 * Math.SQRT2) * z) / (rho2 * Math.sqrt(rho2));
  for (const cosine of [Math.SQRT1_2, -Math.SQRT1_2]) {
    const distance2 = 4 * z * z + 2 * rho2 * (1 - cosine);
    slope -= (8 * z * (4 - 2 * (1 - cosine))) / (distance2 * Math.sqrt(distance2));
  }
  return slope;
}
