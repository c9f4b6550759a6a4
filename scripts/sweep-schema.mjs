// Writes docs/sweep.schema.json, the published JSON Schema of sweeps, from the schema that checks them. Build first.
import { writeFileSync } from 'node:fs';
import { sweepJsonSchema } from '@polysem/runs/sweep';

writeFileSync(
  new URL('../docs/sweep.schema.json', import.meta.url),
  `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`,
);
