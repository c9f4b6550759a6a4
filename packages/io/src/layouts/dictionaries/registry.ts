import { CIRCUIT_TRACER_CLT } from './circuit-tracer.ts';
import type { CoderLayout } from './coder-layout.ts';
import { APD_COMPONENTS, APD_FULL_RANK, COMPONENTS } from './components.ts';
import { CROSSCODE } from './crosscode.ts';
import { GEMMA_SCOPE_2, GEMMA_SCOPE_2_CLT } from './gemma-scope.ts';
import {
  DICTIONARY_LEARNING,
  DICTIONARY_LEARNING_CROSSCODER,
  GOODFIRE,
  OPENAI,
  SPARSIFY,
} from './linear-layers.ts';
import { MOLT } from './molt.ts';
import { LORSA, OPENMOSS, OPENMOSS_CROSSCODER } from './openmoss.ts';
import { CROSSCODER, CROSSCODER_OF_LAYERS, SAELENS, TOY_AUTOENCODERS } from './saelens.ts';
import { TEMPORAL } from './temporal.ts';

/** Every layout of dictionaries. A tensor belongs to the first one that accepts it; to add a layout, list it here. */
export const DICTIONARIES: readonly CoderLayout[] = [
  GEMMA_SCOPE_2,
  GEMMA_SCOPE_2_CLT,
  CIRCUIT_TRACER_CLT,
  MOLT,
  OPENMOSS,
  OPENMOSS_CROSSCODER,
  LORSA,
  GOODFIRE,
  SPARSIFY,
  ...TOY_AUTOENCODERS,
  CROSSCODER,
  CROSSCODER_OF_LAYERS,
  SAELENS,
  ...CROSSCODE,
  OPENAI,
  DICTIONARY_LEARNING_CROSSCODER,
  DICTIONARY_LEARNING,
  TEMPORAL,
  COMPONENTS,
  APD_COMPONENTS,
  APD_FULL_RANK,
];
