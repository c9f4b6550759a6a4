/** The version of polysem, stored in every result. */
export const version = '0.1.0';

/**
 * Number of changes within a version after which the same spec and kernel give other bytes. It is part of a run's identity,
 * so unfinished work of an earlier revision is not resumed.
 */
export const revision = 18;
