/** First layer of a network: the embedding of its input features. */
export interface Network {
  readonly description: string;
  readonly outputs: number;
  readonly biases: Float32Array;
  readonly weights: Float32Array;
  readonly psqt: Float64Array;
}
/** Meaning of an input feature. */
export interface FeatureMeaning {
  readonly side: 'our' | 'their';
  readonly piece: string;
  readonly square: string;
  readonly king: string;
  readonly possible: boolean;
}
/** Number of input features. */
export const FEATURES: number;
/** Finds the largest network in the bytes of a program or a file. */
export function findNetwork(bytes: Uint8Array): Network;
/** Gives the meaning of an input feature. */
export function featureMeaning(feature: number): FeatureMeaning;
