import { COMPONENTS } from './components.ts';
import type { DictionaryFile } from './shared.ts';
import { TWO_AXES } from './two-axes.ts';
import { WITH_PARTS } from './with-parts.ts';

/** Published layouts of dictionaries, with exact names and small shapes. */
export const DICTIONARY_FILES: Readonly<Record<string, DictionaryFile>> = {
  ...TWO_AXES,
  ...COMPONENTS,
  ...WITH_PARTS,
};
