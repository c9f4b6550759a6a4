/** A parser or a schema. */
export interface Parser {
  readonly read: 'tensors' | 'table' | 'labels' | 'dictionaries' | 'sweep' | 'result';
  readonly more?: number;
  readonly packages?: readonly string[];
}
/** Parsers by name. */
export const PARSERS: Readonly<Record<string, Parser>>;
