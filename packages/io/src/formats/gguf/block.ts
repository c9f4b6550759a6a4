/** Writes the elements of the block that begins at byte `at` of `view` to `out` from `to` on. */
export type Decode = (
  view: DataView,
  at: number,
  littleEndian: boolean,
  out: Float32Array,
  to: number,
) => void;

/** How a quantised type of ggml stores a run of elements: a block of so many bytes. */
export interface BlockFormat {
  readonly elements: number;
  readonly bytes: number;
  readonly decode?: Decode;
}
