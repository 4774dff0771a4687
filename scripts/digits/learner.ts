/** Learning by back-propagation with Adam, one sign at a time, in plain typed arrays. */
import {
  CLASSES,
  emptyActivity,
  emptyWeights,
  forward,
  SHAPE,
  SIZES,
  type Weights,
} from '../../documents/ocr/digits/network.ts';
import type { Random } from './signs.ts';

/** Signs that end in each layer's kernel: what the spread of the first weights goes by. */
const FAN_IN = [25, 0, SHAPE.first * 25, 0, SHAPE.second * SHAPE.afterSecondHalf ** 2, 0, SHAPE.hidden, 0];

export function startWeights(random: Random): Weights {
  const weights = emptyWeights();
  weights.forEach((layer, index) => {
    const spread = FAN_IN[index] === 0 ? 0 : Math.sqrt(6 / FAN_IN[index]!);
    for (let i = 0; i < layer.length; i++) layer[i] = (random() * 2 - 1) * spread;
  });
  return weights;
}

export class Learner {
  readonly #weights: Weights;
  readonly #slopes = emptyWeights();
  readonly #means = emptyWeights();
  readonly #squares = emptyWeights();
  readonly #activity = emptyActivity();
  readonly #back = emptyActivity();
  #steps = 0;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** Adds the slopes of one sign; true when it was recognised. */
  learn(sign: Float32Array, label: number): boolean {
    const [activity, back, slopes, weights] = [this.#activity, this.#back, this.#slopes, this.#weights];
    const out = forward(weights, sign, activity);
    const right = out.indexOf(Math.max(...out)) === label;
    // Labels softened by a twentieth: the network stays unsure where signs look alike.
    for (let i = 0; i < CLASSES; i++) back.out[i] = out[i]! - (i === label ? 0.95 : 0.05 / (CLASSES - 1));
    backConnected(activity.hidden, back.out, weights[6]!, slopes[6]!, slopes[7]!, back.hidden);
    for (let i = 0; i < SHAPE.hidden; i++) if (activity.hidden[i] === 0) back.hidden[i] = 0;
    backConnected(activity.flat, back.hidden, weights[4]!, slopes[4]!, slopes[5]!, back.flat);
    backHalved(activity.second, SHAPE.afterSecond, activity.flat, back.flat, back.second);
    backConvolved(
      activity.half,
      SHAPE.afterHalf,
      SHAPE.first,
      back.second,
      weights[2]!,
      slopes[2]!,
      slopes[3]!,
      back.half,
    );
    backHalved(activity.first, SHAPE.afterFirst, activity.half, back.half, back.first);
    backConvolved(sign, SHAPE.side, 1, back.first, weights[0]!, slopes[0]!, slopes[1]!, null);
    return right;
  }

  /** Moves the weights by the mean of the slopes since the last step. */
  step(count: number, rate: number): void {
    this.#steps += 1;
    const [fix1, fix2] = [1 - 0.9 ** this.#steps, 1 - 0.999 ** this.#steps];
    for (let layer = 0; layer < SIZES.length; layer++) {
      const [weights, slopes] = [this.#weights[layer]!, this.#slopes[layer]!];
      const [means, squares] = [this.#means[layer]!, this.#squares[layer]!];
      for (let i = 0; i < weights.length; i++) {
        const slope = slopes[i]! / count;
        means[i] = means[i]! * 0.9 + slope * 0.1;
        squares[i] = squares[i]! * 0.999 + slope * slope * 0.001;
        weights[i]! -= (rate * (means[i]! / fix1)) / (Math.sqrt(squares[i]! / fix2) + 1e-8);
      }
      slopes.fill(0);
    }
  }
}

function backConnected(
  from: Float32Array,
  back: Float32Array,
  weights: Float32Array,
  slopes: Float32Array,
  biasSlopes: Float32Array,
  into: Float32Array,
): void {
  into.fill(0);
  for (let to = 0; to < back.length; to++) {
    const error = back[to]!;
    biasSlopes[to]! += error;
    if (error === 0) continue;
    const row = to * from.length;
    for (let i = 0; i < from.length; i++) {
      slopes[row + i]! += error * from[i]!;
      into[i]! += error * weights[row + i]!;
    }
  }
}

/** Only the strongest of the four, and only where it was above nothing. */
function backHalved(
  from: Float32Array,
  side: number,
  halves: Float32Array,
  back: Float32Array,
  into: Float32Array,
): void {
  into.fill(0);
  const half = side >> 1;
  for (let map = 0, i = 0; i < halves.length; map++)
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++, i++) {
        const value = halves[i]!;
        if (value <= 0) continue;
        const at = map * side * side + y * 2 * side + x * 2;
        const winner = [at, at + 1, at + side, at + side + 1].find((one) => from[one] === value)!;
        into[winner] = back[i]!;
      }
}

function backConvolved(
  from: Float32Array,
  side: number,
  maps: number,
  back: Float32Array,
  kernels: Float32Array,
  slopes: Float32Array,
  biasSlopes: Float32Array,
  into: Float32Array | null,
): void {
  into?.fill(0);
  const size = side - SHAPE.kernel + 1;
  const area = size * size;
  for (let map = 0; map < biasSlopes.length; map++)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const error = back[map * area + y * size + x]!;
        if (error === 0) continue;
        biasSlopes[map]! += error;
        for (let source = 0; source < maps; source++)
          for (let ky = 0; ky < SHAPE.kernel; ky++) {
            const at = source * side * side + (y + ky) * side + x;
            const weight = ((map * maps + source) * SHAPE.kernel + ky) * SHAPE.kernel;
            for (let kx = 0; kx < SHAPE.kernel; kx++) {
              slopes[weight + kx]! += error * from[at + kx]!;
              if (into !== null) into[at + kx]! += error * kernels[weight + kx]!;
            }
          }
      }
}
