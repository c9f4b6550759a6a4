/**
 * Phase diagrams: grids of any model over two parameters, boundaries, contours, named phases.
 *
 * @module
 */
export * from '@polysem/engine/phase';
