/**
 * The only file that knows mailparser. It is used for one thing: cutting a stream of bytes into its leaf parts with the
 * transfer encoding taken off, each given out as a stream before the next is cut. Headers, charsets, dates, names and
 * text are read by our own files, so that no message part ever stands whole in memory and no trap of the library's
 * header reading (docs/quirks.md) applies.
 */
import type { Readable, Transform } from 'node:stream';
import { MailParser } from 'mailparser';
import { type HeaderField, parseFields } from './header-fields.ts';
import type { Defect, ReadingLimits } from './types.ts';

/** A part that is no multipart. Its content must be read, or left, before the next one is asked for. */
export interface LeafPart {
  /** "1.2"; "1" for a message of one part. */
  path: string;
  /** How many containers it stands in. */
  depth: number;
  fields: HeaderField[];
  /** Content types of the containers, innermost first. */
  containers: string[];
  /** Decoded bytes. Ends early, with the defect `part-truncated`, where the message broke off. */
  content: AsyncIterable<Uint8Array>;
}

/** What we use of the library's inside; the version is pinned exactly. */
interface MimeNode {
  root: boolean;
  parentNode: MimeNode | false;
  contentType: string | false;
  multipart: string | false;
  _parentBoundary: Buffer | false;
  _parentBoundaryOwner: MimeNode | false;
  getHeaders(): Buffer;
}
interface Splitter {
  node: MimeNode;
  compareBoundary(line: Buffer, start: number, boundary: Buffer): 1 | 2 | false;
  checkBoundary(line: Buffer): number | false;
}
interface Chunk {
  type: 'node' | 'data' | 'body';
  node?: MimeNode;
  value?: Buffer;
}
interface Attachment {
  type: 'attachment' | 'text';
  partId: string | null;
  content: Transform;
  release(): void;
  node: MimeNode;
}
type Inside = Transform & {
  splitter: Splitter;
  textTypes: string[];
  processHeaders(): Map<string, unknown>;
  processChunk(data: Chunk & MimeNode, done: (error?: Error) => void): void;
};

/** Bytes of text that are kept from a multipart whose boundary never comes. */
const MAX_STRAY_BYTES = 256 * 1024;
/** Containers whose delimiter is looked for: every line that begins with two dashes pays for it. */
const MAX_ANCESTORS = 30;
/** Containers count as nodes too. */
const CONTAINER_ALLOWANCE = 200;

type Watch = { node: MimeNode | null; stray: Map<MimeNode, Buffer[]> };

/**
 * Gives out the leaf parts in order. Broken MIME is told through `onDefect`; only an error of the source itself throws.
 * Ending the iteration early ends the reading.
 */
export async function* splitMessage(
  source: AsyncIterable<Uint8Array>,
  limits: ReadingLimits,
  onDefect: (defect: Defect) => void,
): AsyncGenerator<LeafPart> {
  const watch: Watch = { node: null, stray: new Map() };
  const parser = openParser(limits, watch, onDefect);
  let open: Transform | null = null;
  let failure: Error | null = null;
  parser.on('error', (error: Error) => {
    failure ??= error;
    open?.destroy(error);
  });
  const fed = feed(source, parser);
  try {
    for await (const item of parser as AsyncIterable<Attachment>) {
      if (item.type !== 'attachment') continue;
      open = item.content;
      open.on('error', () => undefined); // told by the iteration over it
      const leaf = leafOf(item);
      yield { ...leaf, content: contentOf(item.content, leaf.path, () => fed.error, onDefect) };
      await drained(item.content);
      open = null;
      item.release();
    }
  } catch (error) {
    failure ??= error as Error;
  } finally {
    parser.destroy();
    await fed.done;
  }
  if (fed.error) throw fed.error;
  if (failure) onDefect(failureDefect(failure));
  else if (!parser.splitter.node.root)
    onDefect({ code: 'boundary-never-closed', detail: 'the message ends inside a part' });
  yield* strayText(watch, onDefect);
}

function openParser(limits: ReadingLimits, watch: Watch, onDefect: (defect: Defect) => void): Inside {
  const options = {
    checksumAlgo: 'md5',
    maxHeadSize: limits.maxHeaderBytes + 1024,
    maxChildNodes: limits.maxParts + CONTAINER_ALLOWANCE,
    // QUIRK: an inline message/rfc822 is dissolved into the outer mail otherwise.
    ignoreEmbedded: true,
  };
  const parser = new MailParser(options as ConstructorParameters<typeof MailParser>[0]) as unknown as Inside;
  parser.textTypes = []; // every leaf is streamed, text too: the library would collect text without a limit
  parser.processHeaders = () => new Map();
  const processChunk = parser.processChunk.bind(parser);
  parser.processChunk = (data, done) => {
    observe(data, watch);
    processChunk(data, done);
  };
  const push = parser.push.bind(parser);
  parser.push = (item: Attachment | null) =>
    push(item && { ...item, node: watch.node, release: () => item.release() });
  tolerateDelimiters(parser.splitter, onDefect);
  return parser;
}

/** Remembers the node that an attachment is made of, and the text of multiparts that have no part (yet). */
function observe(data: Chunk & MimeNode, watch: Watch): void {
  if (data.type === 'node') {
    watch.node = data;
    if (data.parentNode) watch.stray.delete(data.parentNode);
    if (data.multipart) watch.stray.set(data, []);
  } else if (data.type === 'data' && data.node && data.value) {
    const kept = watch.stray.get(data.node);
    if (kept && kept.length * 16_384 < MAX_STRAY_BYTES)
      kept.push(Buffer.from(data.value.subarray(0, 65_536)));
  }
}

/**
 * QUIRK: the library knows a delimiter only without trailing blanks (RFC 2046 5.1.1 allows them), and only of the
 * innermost two containers: where an inner multipart is never closed, the documents after it would vanish into a text.
 */
function tolerateDelimiters(splitter: Splitter, onDefect: (defect: Defect) => void): void {
  const strict = splitter.compareBoundary.bind(splitter);
  splitter.compareBoundary = (line, start, boundary) =>
    strict(line, start, boundary) || padded(line, start, boundary);
  const near = splitter.checkBoundary.bind(splitter);
  splitter.checkBoundary = (line) => {
    const found = near(line);
    if (found || line[0] !== 0x2d || line[1] !== 0x2d) return found;
    for (
      let inner = splitter.node._parentBoundaryOwner, steps = 0;
      inner && steps < MAX_ANCESTORS;
      steps++, inner = inner._parentBoundaryOwner
    ) {
      const match = inner._parentBoundary && splitter.compareBoundary(line, 0, inner._parentBoundary);
      if (!match) continue;
      onDefect({
        code: 'boundary-never-closed',
        detail: 'an inner multipart is not closed before its container goes on',
      });
      splitter.node = inner;
      return match + 2;
    }
    return false;
  };
}

function padded(line: Buffer, start: number, boundary: Buffer): 1 | 2 | false {
  if (line.length > boundary.length + 200) return false;
  const text = line.toString('latin1', start).trimEnd();
  const delimiter = `--${boundary.toString('latin1').trimEnd()}`;
  if (text === delimiter) return 1;
  return text === `${delimiter}--` ? 2 : false;
}

function leafOf(item: Attachment): Omit<LeafPart, 'content'> {
  const containers: string[] = [];
  for (let node = item.node.parentNode; node; node = node.parentNode) containers.push(node.contentType || '');
  return {
    path: item.partId ?? '1',
    depth: containers.length,
    fields: parseFields(item.node.getHeaders().toString('latin1')).fields,
    containers,
  };
}

async function* contentOf(
  content: Readable,
  path: string,
  sourceError: () => Error | null,
  onDefect: (defect: Defect) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of content.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
  } catch (error) {
    if (sourceError()) throw sourceError();
    onDefect({ code: 'part-truncated', detail: (error as Error).message, where: path });
  }
}

/** The library waits for the end of an attachment; what nobody wants is read and dropped. */
async function drained(content: Readable): Promise<void> {
  if (content.readableEnded || content.destroyed) return;
  try {
    for await (const _ of content);
  } catch {
    // Told by the parser's own error.
  }
}

/** Writes the source into the parser at the parser's pace. `error` is an error of the source, never one of the message. */
function feed(
  source: AsyncIterable<Uint8Array>,
  parser: Transform,
): { done: Promise<void>; error: Error | null } {
  const state: { done: Promise<void>; error: Error | null } = { done: Promise.resolve(), error: null };
  state.done = (async () => {
    try {
      for await (const chunk of source) {
        if (parser.destroyed) return;
        if (!parser.write(chunk)) await writable(parser);
      }
      if (!parser.destroyed) parser.end();
    } catch (error) {
      state.error = error as Error;
      parser.destroy(error as Error);
    }
  })();
  return state;
}

function writable(parser: Transform): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      parser.off('drain', go).off('close', go).off('error', go);
      resolve();
    };
    parser.on('drain', go).on('close', go).on('error', go);
  });
}

function failureDefect(error: Error): Defect {
  if (/child nodes/.test(error.message)) return { code: 'too-many-parts', detail: error.message };
  if (/header size/.test(error.message)) return { code: 'header-too-large', detail: error.message };
  return { code: 'part-truncated', detail: error.message };
}

async function* strayText(watch: Watch, onDefect: (defect: Defect) => void): AsyncGenerator<LeafPart> {
  for (const [node, chunks] of watch.stray) {
    const text = Buffer.concat(chunks);
    if (text.toString('latin1').trim() === '') continue;
    onDefect({ code: 'boundary-never-used', detail: `a ${node.contentType} without parts is taken as text` });
    yield {
      path: '1',
      depth: 0,
      fields: [{ name: 'content-type', value: 'text/plain' }],
      containers: [],
      content: (async function* () {
        yield text;
      })(),
    };
  }
}

/** Charsets that Node's TextDecoder lacks (UTF-7, VISCII, …), by the library's own decoder; null when unknown there too. */
export function decodeRareCharset(bytes: Uint8Array, label: string): string | null {
  const inside = MailParser.prototype as unknown as {
    getDecoder(): { decodeStream(label: string): Transform };
  };
  try {
    const decoder = inside.getDecoder.call({ options: {} }).decodeStream(label);
    decoder.on('error', () => undefined);
    decoder.end(Buffer.from(bytes));
    const text: unknown = decoder.read();
    return text === null ? '' : String(text);
  } catch {
    return null;
  }
}
