import { decodeText } from '../bytes/decode-text.ts';
import { FormatError } from '../bytes/format-error.ts';
import { isRecord } from '../bytes/json-object.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import { impostorIn } from '../formats/not-weights.ts';
import type { ModelConfig } from './model-config.ts';
import { parseYaml } from './yaml/parse-yaml.ts';

/** Largest configuration read; real ones have a few kilobytes. YAML takes more time per byte. */
const LARGEST_JSON = 4 * 2 ** 20;
const LARGEST_YAML = 2 ** 20;

/**
 * Names of configurations, the preferred first: those of transformers, SAELens, Llama Scope, Temporal SAE, circuit-tracer,
 * crosscode and parameter decomposition.
 */
const NAMES = [
  'config.json',
  'cfg.json',
  'hyperparams.json',
  'conf.yaml',
  'config.yaml',
  'model_cfg.yaml',
  'final_config.yaml',
] as const;

/** A configuration, and why others were not read. */
export interface FoundConfig {
  /** Null if there is none that can be read. */
  readonly config: ModelConfig | null;
  readonly notes: readonly string[];
}

/**
 * Reads the configuration of a model, in JSON or YAML, from its folder.
 *
 * @param folder the folder of the model.
 * @param file the name of the weights, for a configuration named after them: `0.pt` has `0_cfg.json`.
 * @returns the parsed object, and a note for each configuration that could not be read: layouts report what they could not
 *   determine without it.
 */
export async function readConfig(folder: SourceFolder, file?: string): Promise<FoundConfig> {
  const own = file === undefined ? [] : [`${file.replace(/\.\w+$/, '')}_cfg.json`];
  const listed = await folder.list?.().catch(() => undefined);
  const names = [...own, ...NAMES].filter((name) => listed === undefined || listed.includes(name));
  const notes: string[] = [];
  for (const name of names) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first readable file wins
      const config = await read(folder, name);
      if (config !== null) return { config, notes };
    } catch (error) {
      if (error instanceof FormatError) notes.push(error.problem);
    }
  }
  return { config: null, notes };
}

/** Reads one configuration; null if there is no such file. @throws FormatError if it cannot be read. */
async function read(folder: SourceFolder, name: string): Promise<ModelConfig | null> {
  const source = await folder.open(name);
  if (source === undefined) return null;
  const isYaml = name.endsWith('.yaml');
  const fail = (problem: string): never => {
    throw new FormatError(folder.name, `${name} was not read: ${problem}`);
  };
  const largest = isYaml ? LARGEST_YAML : LARGEST_JSON;
  if (source.size > largest) fail(`it has more than ${largest} bytes`);
  const text = decodeText(await source.read(0, source.size));
  const impostor = impostorIn(text);
  if (impostor !== null) fail(`it ${impostor}`);
  try {
    const parsed: unknown = isYaml ? parseYaml(text, name) : JSON.parse(text);
    return isRecord(parsed) ? parsed : fail('it is not an object');
  } catch (error) {
    if (error instanceof FormatError) return fail(error.problem.replace(/^.* was not read: /, ''));
    return fail(`it is not valid JSON: ${(error as Error).message}`);
  }
}
