/** Seals and signatures of black ink: shapes far larger than letters, found as ink that hangs together. Pure. */
import { type GreyImage, WHITE } from './picture.ts';

const INK = 150;

export interface SmallShapes {
  image: GreyImage;
  /** Boxes of the shapes that were taken out, pixels. */
  removed: [number, number, number, number][];
}

/**
 * The picture without every shape that is higher or wider than `size` pixels. Letters that touch such a shape go with it;
 * what stands free of it can then be read.
 */
export function withoutBigShapes(image: GreyImage, size: number): SmallShapes {
  const { width, height } = image;
  const runs = runsOf(image);
  const shapes = joinedRuns(runs, width, height);
  const pixels = image.pixels.slice();
  for (let run = 0; run < runs.count; run++) {
    const shape = find(shapes.parent, run);
    if (!isBig(shapes, shape, size)) continue;
    const row = runs.y[run]! * width;
    // With a rim of one pixel: the grey edge of the strokes.
    const from = Math.max(0, runs.from[run]! - 1);
    const to = Math.min(width, runs.to[run]! + 1);
    pixels.fill(WHITE, row + from, row + to);
  }
  const removed = roots(shapes, runs.count, size).map((shape): SmallShapes['removed'][number] => [
    shapes.left[shape]!,
    shapes.top[shape]!,
    shapes.right[shape]!,
    shapes.bottom[shape]!,
  ]);
  return { image: { width, height, pixels }, removed };
}

function roots(shapes: Shapes, count: number, size: number): number[] {
  const big: number[] = [];
  for (let run = 0; run < count; run++)
    if (shapes.parent[run] === run && isBig(shapes, run, size)) big.push(run);
  return big;
}

/** A line under print is wide and flat, but not that wide. */
function isBig(shapes: Shapes, shape: number, size: number): boolean {
  return (
    shapes.bottom[shape]! - shapes.top[shape]! >= size ||
    shapes.right[shape]! - shapes.left[shape]! >= size * 4
  );
}

/** Pieces of rows in ink; `to` is the pixel after the last. */
interface Runs {
  count: number;
  y: Int32Array;
  from: Int32Array;
  to: Int32Array;
}

/** A page of noise has more; then the rest counts as letters. */
const MOST_RUNS = 400_000;

function runsOf({ width, height, pixels }: GreyImage): Runs {
  const runs: Runs = {
    count: 0,
    y: new Int32Array(MOST_RUNS),
    from: new Int32Array(MOST_RUNS),
    to: new Int32Array(MOST_RUNS),
  };
  for (let y = 0; y < height; y++)
    for (let x = 0, row = y * width; x < width && runs.count < MOST_RUNS; x++) {
      if (pixels[row + x]! >= INK) continue;
      const from = x;
      while (x < width && pixels[row + x]! < INK) x += 1;
      runs.y[runs.count] = y;
      runs.from[runs.count] = from;
      runs.to[runs.count] = x;
      runs.count += 1;
    }
  return runs;
}

interface Shapes {
  parent: Int32Array;
  left: Int32Array;
  right: Int32Array;
  top: Int32Array;
  bottom: Int32Array;
}

/** Runs that touch one of the row above, corners included, belong together. */
function joinedRuns(runs: Runs, width: number, height: number): Shapes {
  const parent = Int32Array.from({ length: runs.count }, (_, index) => index);
  let above = 0;
  for (let run = 0; run < runs.count; run++) {
    const y = runs.y[run]!;
    while (
      above < run &&
      (runs.y[above]! < y - 1 || (runs.y[above]! === y - 1 && runs.to[above]! < runs.from[run]!))
    )
      above += 1;
    for (
      let other = above;
      other < run && runs.y[other]! === y - 1 && runs.from[other]! <= runs.to[run]!;
      other++
    )
      if (runs.to[other]! >= runs.from[run]!) parent[find(parent, other)] = find(parent, run);
  }
  const shapes: Shapes = {
    parent,
    left: new Int32Array(runs.count).fill(width),
    right: new Int32Array(runs.count),
    top: new Int32Array(runs.count).fill(height),
    bottom: new Int32Array(runs.count),
  };
  for (let run = 0; run < runs.count; run++) {
    const shape = find(parent, run);
    shapes.left[shape] = Math.min(shapes.left[shape]!, runs.from[run]!);
    shapes.right[shape] = Math.max(shapes.right[shape]!, runs.to[run]!);
    shapes.top[shape] = Math.min(shapes.top[shape]!, runs.y[run]!);
    shapes.bottom[shape] = Math.max(shapes.bottom[shape]!, runs.y[run]! + 1);
  }
  return shapes;
}

function find(parent: Int32Array, index: number): number {
  let root = index;
  while (parent[root] !== root) root = parent[root]!;
  for (let at = index; parent[at] !== root; ) {
    const next = parent[at]!;
    parent[at] = root;
    at = next;
  }
  return root;
}
