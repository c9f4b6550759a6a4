/* The registered activations: one line each. */
export { abs } from './abs.ts';
export { elu } from './elu.ts';
export { gelu } from './gelu.ts';
export { linear } from './linear.ts';
export { quadratic } from './quadratic.ts';
export { relu } from './relu.ts';
export { silu } from './silu.ts';
export { softplus } from './softplus.ts';
export { squaredRelu } from './squared-relu.ts';
export { tanh } from './tanh.ts';
