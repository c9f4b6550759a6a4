/** Choices of a measurement, each a flag of `polysem measure`, in the order in which commands name them. */
export const CHOICES = [
  'header=0',
  'header=none',
  'index-column=0',
  'index-column=none',
  'no-fold',
  'skip-bad',
  'centre',
  'normalise',
  'neighbours',
] as const;

/** One of {@link CHOICES}. */
export type Choice = (typeof CHOICES)[number];

/** True for choices that decide how a table is read, and so which matrices it holds. */
export const isOfTable = (choice: Choice): boolean => choice.includes('=');

/** The choices with one more, or without one. The two answers to one question exclude each other. */
export function withChoice(
  choices: readonly Choice[],
  choice: Choice,
  isOn: boolean,
): readonly Choice[] {
  const [question] = choice.split('=');
  const kept = new Set(choices.filter((one) => one.split('=')[0] !== question));
  if (isOn) kept.add(choice);
  return CHOICES.filter((one) => kept.has(one));
}

/** The flags that make the same choices on the command line. */
export const flagsOf = (choices: readonly Choice[]): string[] =>
  choices.map((choice) => `--${choice.replace('=', ' ')}`);

/** The choices that remedy an error. */
export function remediesOf(message: string): readonly Choice[] {
  if (/every value must be finite$|values are not finite/.test(message)) return ['skip-bad'];
  return CHOICES.filter((choice) => isOfTable(choice) && message.includes(flagsOf([choice])[0]));
}
