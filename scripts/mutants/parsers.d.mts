/** A parser of @polysem/io. */
export interface Parser {
  readonly read: 'tensors' | 'table' | 'labels';
  readonly packages?: readonly string[];
}
/** Parsers by name. */
export const PARSERS: Readonly<Record<string, Parser>>;
