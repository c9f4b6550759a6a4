import type { Body } from '@polysem/numerics/wasm';
import { f32x4, f64, f64x2, v128, type F32, type F64, type V128 } from '@polysem/numerics/wasm';

/** Emits the sum of the four lanes. */
export function sumOfLanes(body: Body, vector: V128): F32 {
  const a = body.hold(vector);
  const b = body.hold(f32x4.add(a, v128.shuffle(a, a, [2, 3, 0, 1])));
  return f32x4.lane(f32x4.add(b, v128.shuffle(b, b, [1, 0, 3, 2])), 0);
}

/** Emits the sum of four float32 lanes in float64. */
export function wideSum(body: Body, lanes: V128): F64 {
  const vector = body.hold(lanes);
  const halves = body.hold(
    f64x2.add(
      f64x2.promoteLow(vector),
      f64x2.promoteLow(v128.shuffle(vector, vector, [2, 3, 0, 1])),
    ),
  );
  return f64.add(f64x2.lane(halves, 0), f64x2.lane(halves, 1));
}

/** Emits the sum of squares of four float32 lanes. Squares are taken in float64, which cannot overflow or underflow. */
export function sumOfSquares(body: Body, lanes: V128): F64 {
  const vector = body.hold(lanes);
  const low = body.hold(f64x2.promoteLow(vector));
  const high = body.hold(f64x2.promoteLow(v128.shuffle(vector, vector, [2, 3, 0, 1])));
  const sum = body.hold(f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  return f64.add(f64x2.lane(sum, 0), f64x2.lane(sum, 1));
}
