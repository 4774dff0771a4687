/**
 * "Changed in transit" told apart from "forged": relays re-write messages in ways that can be undone. When undoing one gives
 * bytes of exactly the signed digest, nobody wrote other words. It is told, never forgiven: what stands there is not what
 * was signed.
 */
import { canonicalLines, decodedBody, type MimeEntity, readEntity, splitMultipart } from './mime.ts';

/** Larger parts (octets) are not tried: every way back reads it all. */
const MAX_SIZE = 16 * 1024 * 1024;
/** Octets digested in the search, all variants together: about a second. */
const MAX_WORK = 48 * 1024 * 1024;
/** Deepest nesting of a signed part that is re-encoded. */
const MAX_DEPTH = 8;
/** Longest line of base64 and quoted-printable (RFC 2045 6.7, 6.8). */
const LINE = 76;

type Rewrite = (part: string) => string;

/** Header and body of a part as Latin-1, split at the first empty line. */
function split(part: string): [head: string, body: string] {
  const at = part.startsWith('\r\n') ? 0 : part.indexOf('\r\n\r\n');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at)];
}

const inHead =
  (rewrite: Rewrite): Rewrite =>
  (part) => {
    const [head, body] = split(part);
    return rewrite(head) + body;
  };

/** Without the line ends that it ends with. */
function withoutLastLines(part: string): string {
  let end = part.length;
  while (part.endsWith('\r\n', end)) end -= 2;
  return part.slice(0, end);
}

/** Quoted-printable as most relays write it: soft breaks so that no line is longer than 76. */
function quotedPrintable(bytes: Buffer): string {
  const lines = bytes.toString('latin1').split('\r\n');
  return lines.map((line) => softBroken(quotedLine(line))).join('\r\n');
}

function quotedLine(line: string): string {
  const hex = (char: string) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return line.replace(/[^\t -<>-~]/g, hex).replace(/[ \t]$/, hex);
}

function softBroken(line: string): string {
  let rest = line;
  let out = '';
  while (rest.length > LINE) {
    const cut = [LINE - 1, LINE - 2, LINE - 3].find((at) => !/=[0-9A-F]?$/.test(rest.slice(0, at)))!;
    out += `${rest.slice(0, cut)}=\r\n`;
    rest = rest.slice(cut);
  }
  return out + rest;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(new RegExp(`(.{${LINE}})(?=.)`, 'g'), '$1\r\n');
}

const ENCODERS: Record<string, (bytes: Buffer) => string> = {
  '7bit': (bytes) => bytes.toString('latin1'),
  '8bit': (bytes) => bytes.toString('latin1'),
  binary: (bytes) => bytes.toString('latin1'),
  'quoted-printable': quotedPrintable,
  base64,
};

const ENCODING_FIELD = /^(content-transfer-encoding[ \t]*:[ \t]*)([^\r\n]*)/im;

/** The leaf in another transfer encoding, with the field that names it changed, or taken out (`null`). */
function reencodedLeaf(entity: MimeEntity, encoding: string | null): string {
  const head = Buffer.from(entity.bytes.subarray(entity.start, entity.bodyStart)).toString('latin1');
  const named =
    encoding === null
      ? head.replace(/^content-transfer-encoding[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n/im, '')
      : head.replace(ENCODING_FIELD, (_, field: string) => field + encoding);
  return named + ENCODERS[encoding ?? '8bit']!(Buffer.from(decodedBody(entity)));
}

/** Only texts are taken out of these by a relay: a picture in base64 stays what it is. */
const DECODED: ReadonlySet<string> = new Set(['base64', 'quoted-printable']);

/** Every leaf that is in `from` written in `to`, the rest of the part byte for byte. */
function reencoded(part: Buffer, from: string, to: string | null, depth = 0): string {
  const entity = readEntity(part);
  const whole = part.toString('latin1');
  if (depth === MAX_DEPTH) return whole;
  const { type } = entity.media;
  if (!type.startsWith('multipart/')) {
    const touched = entity.encoding === from && (type.startsWith('text/') || !DECODED.has(from));
    return touched ? reencodedLeaf(entity, to) : whole;
  }
  const pieces = splitMultipart(entity)?.parts ?? [];
  let out = '';
  let at = 0;
  for (const piece of pieces) {
    out += whole.slice(at, piece.start);
    out += reencoded(part.subarray(piece.start, piece.end), from, to, depth + 1);
    at = piece.end;
  }
  return out + whole.slice(at);
}

const recode =
  (from: string, to: string | null): Rewrite =>
  (part) =>
    reencoded(Buffer.from(part, 'latin1'), from, to);

/** What a relay did, and how to undo it. `part` has CRLF line ends. */
const UNDO: [name: string, rewrites: Rewrite[]][] = [
  [
    'line ends at the end added or removed',
    [0, 1, 2, 3].map(
      (count): Rewrite =>
        (part) =>
          withoutLastLines(part) + '\r\n'.repeat(count),
    ),
  ],
  [
    'transfer encoding changed',
    [
      ...['quoted-printable', 'base64'].flatMap((from) =>
        ['8bit', '7bit', 'binary', null].map((to) => recode(from, to)),
      ),
      recode('base64', 'quoted-printable'),
      recode('quoted-printable', 'base64'),
      ...['8bit', '7bit', 'binary'].flatMap((from) =>
        ['quoted-printable', 'base64'].map((to) => recode(from, to)),
      ),
    ],
  ],
  ['blanks added at line ends', [(part) => part.replace(/(?<![ \t])[ \t]+(?=\r\n|$)/g, '')]],
  ['line ends changed', [(part) => part.replaceAll('\r\n', '\n')]],
  ['">" put before "From "', [(part) => part.replace(/^>(?=>*From )/gm, '')]],
  ['dots doubled at line beginnings', [(part) => part.replace(/(^|\r\n)\.\./g, '$1.')]],
  [
    'header fields folded',
    [
      inHead((head) => head.replace(/\r\n(?=[ \t])/g, '')),
      inHead((head) => head.replace(/\r\n[ \t]+/g, ' ')),
      inHead((head) => head.replace(/;[ \t]*\r\n[ \t]+/g, ';')),
    ],
  ],
  [
    'header fields unfolded',
    [
      inHead((head) => head.replace(/;[ \t]+/g, ';\r\n\t')),
      inHead((head) => head.replace(/;[ \t]+/g, ';\r\n ')),
    ],
  ],
];

/** Ends that a relay may have changed besides, the usual case first. */
const ENDS: Rewrite[] = [(part) => part, (part) => `${withoutLastLines(part)}\r\n`, withoutLastLines];

/** Every way back that leads somewhere else, the likeliest first. */
function* variantsOf(text: string): Generator<{ name: string; variant: string }> {
  for (const [name, rewrites] of UNDO) {
    for (const rewrite of rewrites) {
      const undone = rewrite(text);
      if (undone !== text) for (const end of ENDS) yield { name, variant: end(undone) };
    }
  }
}

/**
 * What a relay did to the signed part so that its digest does not fit; null = nothing known explains it.
 * `fits` says whether these bytes have the signed digest.
 */
export function changedInTransit(part: Uint8Array, fits: (bytes: Uint8Array) => boolean): string | null {
  if (part.length > MAX_SIZE) return null;
  const text = Buffer.from(canonicalLines(part)).toString('latin1');
  let work = 0;
  for (const { name, variant } of variantsOf(text)) {
    work += variant.length;
    if (work > MAX_WORK) return null;
    if (fits(Buffer.from(variant, 'latin1'))) return name;
  }
  return null;
}
