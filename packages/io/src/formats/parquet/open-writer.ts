import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** The schema of a Parquet file. */
export type ParquetSchema = NonNullable<ConstructorParameters<typeof ParquetWriter>[0]['schema']>;

/**
 * Opens a Parquet file that is written in pieces.
 *
 * @param schema the schema.
 * @param metadata key-value metadata of the file.
 * @returns the writer, and a function that takes the bytes written since it was called last.
 */
export function openWriter(
  schema: ParquetSchema,
  metadata: Readonly<Record<string, string>>,
): { readonly parquet: ParquetWriter; readonly taken: () => Uint8Array } {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'polysem',
  });
  return {
    parquet,
    taken: () => {
      const bytes = writer.getBytes().slice();
      writer.index = 0;
      return bytes;
    },
  };
}
