/** Pictures as rows of bytes, and how they are cut, shrunk and turned. Pure; every function makes a new picture. */

export interface GreyImage {
  width: number;
  height: number;
  /** One byte for each pixel, 0 = black, rows from the top. */
  pixels: Uint8Array;
}

/** As pdfium renders. */
export interface ColourImage {
  width: number;
  height: number;
  /** Four bytes for each pixel: blue, green, red, unused; rows from the top. */
  pixels: Uint8Array;
}

/** [x0, y0, x1, y1] in pixels. */
export type PixelBox = readonly [number, number, number, number];

export const WHITE = 255;

/** The part of a picture inside a box; the box is cut to the picture and never becomes empty. */
export function cropped(image: GreyImage, box: PixelBox): GreyImage {
  const left = clamp(Math.floor(box[0]), 0, image.width - 1);
  const top = clamp(Math.floor(box[1]), 0, image.height - 1);
  const width = clamp(Math.ceil(box[2]) - left, 1, image.width - left);
  const height = clamp(Math.ceil(box[3]) - top, 1, image.height - top);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * image.width + left;
    pixels.set(image.pixels.subarray(start, start + width), y * width);
  }
  return { width, height, pixels };
}

/** With a white rim: letters that touch the edge of a picture are not recognised. */
export function padded(image: GreyImage, rim: number): GreyImage {
  const width = image.width + 2 * rim;
  const height = image.height + 2 * rim;
  const pixels = new Uint8Array(width * height).fill(WHITE);
  for (let y = 0; y < image.height; y++)
    pixels.set(image.pixels.subarray(y * image.width, (y + 1) * image.width), (y + rim) * width + rim);
  return { width, height, pixels };
}

/** Smaller by a whole factor; each pixel is the mean of a square. */
export function shrunk(image: GreyImage, factor: number): GreyImage {
  if (factor <= 1) return image;
  const width = Math.max(1, Math.floor(image.width / factor));
  const height = Math.max(1, Math.floor(image.height / factor));
  const pixels = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  const columns = Math.min(image.width, width * factor);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const rows = Math.min(factor, image.height - y * factor);
    for (let dy = 0; dy < rows; dy++) {
      const start = (y * factor + dy) * image.width;
      for (let x = 0, cell = 0, step = 0; x < columns; x++) {
        sums[cell]! += image.pixels[start + x]!;
        if (++step === factor) {
          step = 0;
          cell += 1;
        }
      }
    }
    for (let x = 0; x < width; x++)
      pixels[y * width + x] = sums[x]! / (rows * Math.min(factor, image.width - x * factor));
  }
  return { width, height, pixels };
}

/** Turned clockwise by quarters. */
export function quarterTurned(image: GreyImage, degrees: 0 | 90 | 180 | 270): GreyImage {
  const { width, height, pixels: from } = image;
  if (degrees === 0) return image;
  const pixels = new Uint8Array(width * height);
  if (degrees === 180) {
    for (let index = 0; index < from.length; index++) pixels[from.length - 1 - index] = from[index]!;
    return { width, height, pixels };
  }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const target = degrees === 90 ? x * height + (height - 1 - y) : (width - 1 - x) * height + y;
      pixels[target] = from[y * width + x]!;
    }
  return { width: height, height: width, pixels };
}

const FRACTION = 16;
const ONE = 1 << FRACTION;

/**
 * Turned clockwise by a small angle about its middle, same size; what comes in from outside is white. Bilinear, in
 * fixed point.
 */
export function turned(image: GreyImage, degrees: number): GreyImage {
  if (degrees === 0) return image;
  const { width, height, pixels: from } = image;
  const pixels = new Uint8Array(width * height).fill(WHITE);
  const angle = (degrees * Math.PI) / 180;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const [stepX, stepY] = [Math.round(cosine * ONE), Math.round(-sine * ONE)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0; y < height; y++) {
    let sourceX = Math.round((middleX - middleX * cosine + (y - middleY) * sine) * ONE);
    let sourceY = Math.round((middleY + middleX * sine + (y - middleY) * cosine) * ONE);
    const row = y * width;
    for (let x = 0; x < width; x++, sourceX += stepX, sourceY += stepY) {
      const left = sourceX >> FRACTION;
      const top = sourceY >> FRACTION;
      if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) continue;
      const at = top * width + left;
      const [a, b, c, d] = [from[at]!, from[at + 1]!, from[at + width]!, from[at + width + 1]!];
      const fx = (sourceX & (ONE - 1)) >> 8;
      const upper = (a << 8) + (b - a) * fx;
      const lower = (c << 8) + (d - c) * fx;
      pixels[row + x] = ((upper << 8) + (lower - upper) * ((sourceY & (ONE - 1)) >> 8)) >> 16;
    }
  }
  return { width, height, pixels };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
