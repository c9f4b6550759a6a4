export { type Activation, activations } from './activation.ts';
