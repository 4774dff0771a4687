/**
 * `node scripts/digits/train.ts FOLDER OUT [MINUTES [START]]`: trains the network for digits with the public MNIST digits (FOLDER
 * holds train-images-idx3-ubyte and so on) and with signs of our own, on one core, and writes its weights to OUT; START = weights to go on from. The shipped ones took ten minutes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Glyph, normalised } from '../../documents/ocr/digits/glyph.ts';
import {
  emptyActivity,
  forward,
  NO_DIGIT,
  type Weights,
  weightsOf,
} from '../../documents/ocr/digits/network.ts';
import { bent, halfOf, joined } from './bend.ts';
import { Learner, startWeights } from './learner.ts';
import { printedSigns, type Random, randomFrom, scribble, writtenDigit } from './signs.ts';

interface Sample {
  label: number;
  glyph: Glyph;
}

const [folder = '', out = '', minutes = '10', start] = process.argv.slice(2);
const random = randomFrom(20260101);
const handwritten = digitsOf('train');
const printed = await printedSigns();
const letters = printed.filter(({ sign }) => !/\d/.test(sign));
const figures = printed.filter(({ sign }) => /\d/.test(sign));

const weights = start === undefined ? startWeights(random) : weightsOf(readFileSync(start));
const learner = new Learner(weights);
const end = Date.now() + Number(minutes) * 60_000;
const BATCH = 32;
for (let batch = 0, right = 0; ; batch++) {
  const left = Math.max(0, end - Date.now()) / (Number(minutes) * 60_000);
  for (let i = 0; i < BATCH; i++) {
    const { label, glyph } = nextSample();
    if (learner.learn(normalised(glyph), label)) right += 1;
  }
  learner.step(BATCH, 0.0001 + 0.0015 * left * Math.min(1, batch / 200 + 0.1));
  if (batch % 500 === 499) {
    console.log(`${(batch + 1) * BATCH} signs, right ${(right / 5 / BATCH).toFixed(2)} %`);
    right = 0;
    writeFileSync(out, bytesOf(weights));
  }
  if (left === 0) break;
}
writeFileSync(out, bytesOf(weights));
test();

function pick<T>(list: readonly T[], by: Random = random): T {
  return list[Math.floor(by() * list.length)]!;
}

function nextSample(): Sample {
  const kind = random();
  if (kind < 0.5) {
    const { label, glyph } = pick(handwritten);
    return { label, glyph: bent(glyph, random, random()) };
  }
  if (kind < 0.75) {
    const label = Math.floor(random() * 10);
    return { label, glyph: bent(writtenDigit(label, random), random, random() * 0.7) };
  }
  if (kind < 0.84) {
    const { sign, glyph } = pick(figures);
    return { label: Number(sign), glyph: bent(glyph, random, random() * 0.7) };
  }
  return { label: NO_DIGIT, glyph: noDigit(kind) };
}

function noDigit(kind: number): Glyph {
  if (kind < 0.88) return bent(pick(letters).glyph, random, random());
  if (kind < 0.92) return bent(scribble(random), random, random());
  const a = random() < 0.6 ? pick(handwritten) : wrote();
  if (kind < 0.955) return bent(joined(a.glyph, pick(handwritten).glyph, random), random, random());
  // Half an eight is a three, half a nought a one or a bracket: only digits whose halves are nothing.
  return [2, 4, 5, 7, 9].includes(a.label) ? bent(halfOf(a.glyph, random), random, 0.5) : noDigit(0.9);
}

function wrote(): Sample {
  const label = Math.floor(random() * 10);
  return { label, glyph: writtenDigit(label, random) };
}

function digitsOf(part: 'train' | 't10k'): Sample[] {
  const images = readFileSync(join(folder, `${part}-images-idx3-ubyte`));
  const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`));
  return Array.from({ length: labels.length - 8 }, (_, index) => ({
    label: labels[8 + index]!,
    glyph: {
      width: 28,
      height: 28,
      ink: new Uint8Array(images.subarray(16 + index * 784, 800 + index * 784)),
    },
  }));
}

function bytesOf(layers: Weights): Buffer {
  return Buffer.concat(layers.map((layer) => Buffer.from(layer.buffer, layer.byteOffset, layer.byteLength)));
}

/** The public test digits as they are, and written digits of our own. */
function test(): void {
  const activity = emptyActivity();
  const right = (samples: readonly Sample[]) =>
    samples.filter(({ label, glyph }) => {
      const seen = forward(weights, normalised(glyph), activity);
      return seen.indexOf(Math.max(...seen)) === label;
    }).length / samples.length;
  console.log(`MNIST test ${(right(digitsOf('t10k')) * 100).toFixed(2)} %`);
  console.log(`strokes ${(right(Array.from({ length: 2000 }, wrote)) * 100).toFixed(2)} %`);
}
