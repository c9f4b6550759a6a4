import { DEFAULT_VIEW } from '@polysem/figures/plot';

/** The direction from which networks are seen; networks that are compared share one. */
export class NetworkView {
  azimuth = $state(DEFAULT_VIEW.azimuth);
  elevation = $state(DEFAULT_VIEW.elevation);
  /** Of a network in the plane, in radians. */
  spin = $state(0);

  /** Turns by degrees, to the left and upwards. */
  turn(left: number, up: number): void {
    this.azimuth += left;
    this.elevation = Math.max(-89, Math.min(89, this.elevation + up));
  }
}
