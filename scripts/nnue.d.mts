/** The first layer of a network: how each input feature is embedded. */
export interface Network {
  readonly description: string;
  readonly outputs: number;
  readonly biases: Float32Array;
  readonly weights: Float32Array;
  readonly psqt: Float64Array;
}
/** What an input feature means. */
export interface FeatureMeaning {
  readonly side: 'our' | 'their';
  readonly piece: string;
  readonly square: string;
  readonly king: string;
  readonly possible: boolean;
}
/** How many input features there are. */
export const FEATURES: number;
/** The largest network in the bytes of a program or a file. */
export function findNetwork(bytes: Uint8Array): Network;
/** What an input feature means. */
export function featureMeaning(feature: number): FeatureMeaning;
