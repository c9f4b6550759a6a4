export { describeForPeople, geometryJson } from './describe.ts';
export { geometryFigures } from './pictures.ts';
