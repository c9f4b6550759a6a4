/** The tasks of toy models. */
export const tasks = ['computation', 'compression', 'vector-computation'] as const;
