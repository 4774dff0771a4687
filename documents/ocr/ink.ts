/**
 * Print apart from stamps and pens, by colour: seals are red, signatures and pens blue (N30 PL I; DOMAIN 2.1.5), print is
 * black. Pure, one pass over the pixels.
 */
import { type ColourImage, type GreyImage, WHITE } from './picture.ts';

/** A page taken apart; each picture has its size, and white where the other inks stand. */
export interface Inks {
  /** Black and grey ink. */
  print: GreyImage;
  /** Red, pink and purple ink: seals, rubber stamps, stamped names. Null when there is next to none. */
  red: GreyImage | null;
  /** Blue and violet ink: signatures, but also numbers and days written in by pen. Null when there is next to none. */
  blue: GreyImage | null;
}

/** Difference between strongest and weakest channel that print has by itself: fringes of scanners and of JPEG. */
const FRINGE = 36;
/** Difference above which ink is a colour beyond doubt. */
const COLOURED = 56;
/** Share of pixels in a colour below which there is no stamp and no pen. */
const LEAST_SHARE = 0.0002;

/**
 * Under a stamp the black print stays: the strongest channel of black ink is dark whatever lies over it, that of red or
 * blue ink alone is light, and what is still missing to white is made up from the colourfulness.
 */
export function splitInks({ width, height, pixels }: ColourImage): Inks {
  const plane = () => new Uint8Array(width * height).fill(WHITE);
  const [print, red, blue] = [plane(), plane(), plane()];
  let reds = 0;
  let blues = 0;
  for (let index = 0, at = 0; index < print.length; index++, at += 4) {
    const b = pixels[at]!;
    const g = pixels[at + 1]!;
    const r = pixels[at + 2]!;
    const most = r > g ? (r > b ? r : b) : g > b ? g : b;
    const least = r < g ? (r < b ? r : b) : g < b ? g : b;
    const colour = most - least;
    if (colour <= FRINGE) {
      print[index] = (r * 77 + g * 150 + b * 29) >> 8;
      continue;
    }
    const value = most + (colour - FRINGE) * 2;
    print[index] = value > WHITE ? WHITE : value;
    if (colour < COLOURED) continue;
    if (r >= b) {
      red[index] = least;
      reds += 1;
    } else {
      blue[index] = least;
      blues += 1;
    }
  }
  const image = (of: Uint8Array): GreyImage => ({ width, height, pixels: of });
  const enough = (of: Uint8Array, count: number) => (count > of.length * LEAST_SHARE ? image(of) : null);
  return { print: image(print), red: enough(red, reds), blue: enough(blue, blues) };
}

/** Two inks on one sheet again: the darker of both. Same size. */
export function overlaid(a: GreyImage, b: GreyImage): GreyImage {
  const pixels = a.pixels.slice();
  for (let index = 0; index < pixels.length; index++)
    if (b.pixels[index]! < pixels[index]!) pixels[index] = b.pixels[index]!;
  return { ...a, pixels };
}
