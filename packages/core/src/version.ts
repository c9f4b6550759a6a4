/** The version of polysem that results carry inside. */
export const version = '0.1.0';

/**
 * Counts the changes within a version by which the same spec and kernel give other bytes. It is part of the identity of runs:
 * nothing is gone on from that an earlier count had begun.
 */
export const revision = 3;
