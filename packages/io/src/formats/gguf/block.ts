/** Decodes the block at byte `at` of `view` to `out` from `to` on. */
export type Decode = (
  view: DataView,
  at: number,
  littleEndian: boolean,
  out: Float32Array,
  to: number,
) => void;

/** A quantised type of ggml: the number of elements and bytes per block. */
export interface BlockFormat {
  readonly elements: number;
  readonly bytes: number;
  readonly decode?: Decode;
}
