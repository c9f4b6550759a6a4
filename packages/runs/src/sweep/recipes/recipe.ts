/** A commented document to begin with. */
export interface Recipe {
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** The document in YAML, without the line that names its schema. */
  readonly text: string;
}
