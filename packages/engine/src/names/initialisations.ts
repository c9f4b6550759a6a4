/** The names of the initialisations. */
export type InitialisationName =
  | 'xavier'
  | 'kaiming'
  | 'orthogonal'
  | 'small'
  | 'importance'
  | 'notebook';

/** One-line description of each initialisation, for users. */
export const initialisations: Readonly<Record<InitialisationName, string>> = {
  xavier: 'normal of variance 2 / (N + D)',
  kaiming: 'normal of variance 2 / inputs: N for W, D for U',
  orthogonal: 'D random orthonormal directions, all singular values 1',
  small: 'a hundredth of xavier',
  importance: 'normal, with mean squared length v_i for feature i',
  notebook:
    'normal of variance 2 / (D (N + instances)), as in the Toy Models notebook, by accident',
};
