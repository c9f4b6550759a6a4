/** The names of all optimisers. */
export const optimiserNames = ['lbfgs', 'sgd', 'adam', 'adamw'] as const;
