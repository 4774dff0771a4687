/**
 * A small convolutional network for single digits in plain typed arrays: 24 × 24 → 10 maps (5 × 5) → halved → 24 maps
 * (5 × 5) → halved → 64 → ten digits and "no digit". About 0.3 million multiplications for a sign, a millisecond. Trained by scripts/digits/train.ts.
 */
import { SIDE } from './glyph.ts';

/** Ten digits and "none of them". */
export const CLASSES = 11;
export const NO_DIGIT = 10;

const KERNEL = 5;
export const SHAPE = {
  side: SIDE,
  kernel: KERNEL,
  first: 10,
  /** 24 − 5 + 1, and half of it. */
  afterFirst: SIDE - KERNEL + 1,
  afterHalf: (SIDE - KERNEL + 1) / 2,
  second: 24,
  afterSecond: (SIDE - KERNEL + 1) / 2 - KERNEL + 1,
  afterSecondHalf: ((SIDE - KERNEL + 1) / 2 - KERNEL + 1) / 2,
  hidden: 64,
} as const;

const FLAT = SHAPE.second * SHAPE.afterSecondHalf * SHAPE.afterSecondHalf;

/** Number of values of each layer in the order they stand in the file. */
export const SIZES = [
  SHAPE.first * KERNEL * KERNEL,
  SHAPE.first,
  SHAPE.second * SHAPE.first * KERNEL * KERNEL,
  SHAPE.second,
  SHAPE.hidden * FLAT,
  SHAPE.hidden,
  CLASSES * SHAPE.hidden,
  CLASSES,
] as const;

export type Weights = Float32Array[];

export function emptyWeights(): Weights {
  return SIZES.map((size) => new Float32Array(size));
}

/** The layers one after the other, 32-bit floats, little end first. Throws RangeError for another length. */
export function weightsOf(bytes: Uint8Array): Weights {
  const wanted = SIZES.reduce((sum, size) => sum + size, 0) * 4;
  if (bytes.length !== wanted) throw new RangeError(`weights are ${wanted} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  return SIZES.map((size) => {
    const from = start;
    start += size * 4;
    return Float32Array.from({ length: size }, (_, index) => view.getFloat32(from + index * 4, true));
  });
}

/** What the layers hold after one sign; training reads them again. */
export interface Activity {
  first: Float32Array;
  half: Float32Array;
  second: Float32Array;
  flat: Float32Array;
  hidden: Float32Array;
  /** Probabilities, sum 1. */
  out: Float32Array;
}

export function emptyActivity(): Activity {
  return {
    first: new Float32Array(SHAPE.first * SHAPE.afterFirst ** 2),
    half: new Float32Array(SHAPE.first * SHAPE.afterHalf ** 2),
    second: new Float32Array(SHAPE.second * SHAPE.afterSecond ** 2),
    flat: new Float32Array(FLAT),
    hidden: new Float32Array(SHAPE.hidden),
    out: new Float32Array(CLASSES),
  };
}

/** Fills `into` from a normalised sign (SIDE × SIDE). */
export function forward(weights: Weights, sign: Float32Array, into: Activity): Float32Array {
  const [k1, b1, k2, b2, w3, b3, w4, b4] = weights as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  convolved({ from: sign, side: SIDE, maps: 1, kernels: k1, biases: b1 }, into.first);
  halved(into.first, SHAPE.afterFirst, into.half);
  convolved(
    { from: into.half, side: SHAPE.afterHalf, maps: SHAPE.first, kernels: k2, biases: b2 },
    into.second,
  );
  halved(into.second, SHAPE.afterSecond, into.flat);
  connected(into.flat, w3, b3, into.hidden);
  for (let i = 0; i < into.hidden.length; i++) if (into.hidden[i]! < 0) into.hidden[i] = 0;
  connected(into.hidden, w4, b4, into.out);
  softened(into.out);
  return into.out;
}

interface Convolution {
  from: Float32Array;
  side: number;
  maps: number;
  kernels: Float32Array;
  biases: Float32Array;
}

/** With everything below nothing cut off (ReLU). */
function convolved({ from, side, maps, kernels, biases }: Convolution, into: Float32Array): void {
  const size = side - KERNEL + 1;
  const area = size * size;
  for (let map = 0; map < biases.length; map++) {
    into.fill(biases[map]!, map * area, (map + 1) * area);
    for (let source = 0; source < maps; source++)
      for (let ky = 0; ky < KERNEL; ky++)
        for (let kx = 0; kx < KERNEL; kx++) {
          const weight = kernels[((map * maps + source) * KERNEL + ky) * KERNEL + kx]!;
          for (let y = 0; y < size; y++) {
            let at = source * side * side + (y + ky) * side + kx;
            const end = map * area + (y + 1) * size;
            for (let to = end - size; to < end; to++) into[to]! += weight * from[at++]!;
          }
        }
  }
  for (let i = 0; i < into.length; i++) if (into[i]! < 0) into[i] = 0;
}

/** The most of each 2 × 2. */
function halved(from: Float32Array, side: number, into: Float32Array): void {
  const half = side >> 1;
  for (let map = 0, to = 0; to < into.length; map++)
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++, to++) {
        const at = map * side * side + y * 2 * side + x * 2;
        into[to] = Math.max(from[at]!, from[at + 1]!, from[at + side]!, from[at + side + 1]!);
      }
}

function connected(
  from: Float32Array,
  weights: Float32Array,
  biases: Float32Array,
  into: Float32Array,
): void {
  for (let to = 0; to < into.length; to++) {
    let sum = biases[to]!;
    const row = to * from.length;
    for (let i = 0; i < from.length; i++) sum += weights[row + i]! * from[i]!;
    into[to] = sum;
  }
}

/** Softmax in place. */
function softened(values: Float32Array): void {
  const most = Math.max(...values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - most);
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
}
