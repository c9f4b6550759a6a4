/**
 * Training: specs, initial weights, jobs, restarts, held-out losses, certificates, several models at once.
 *
 * @module
 */
export * from '@polysem/engine/training';
