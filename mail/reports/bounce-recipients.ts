/** Finds the recipients in a notice and the words about each: listed at the start of a line, or named in a sentence. */
import { addressesIn, addressIn } from './address.ts';

export interface RecipientBlock {
  recipient: string | null;
  words: string;
}

const MAX_LINES = 600;
const MAX_LINE = 1000;
const MAX_BLOCKS = 500;

/** An address alone at the start of a line, in the forms of the servers known. */
const LISTED: readonly RegExp[] = [
  // <a@b>: reason, <a@b>, a@b:, * a@b, >>> a@b <a@b>, a@b on Fri, a@b ... unknown host, ---- a@b
  /^\s*(?:[*•-]{1,6}\s|>{3}\s|-{4}\s)?\s*["']?<?([^\s<>:;,"'()]{1,64}@[^\s<>:;,"'()]{3,253}?)>?["']?(?::.*|\s*$|\s+on\s.*|\s*\.{3}.*|\s+-\s.*|\s+<.*|\s+\(.*|\s*<mailto:.*)$/u,
  // Name<mailto:a@b>, Name (a@b)<mailto:a@b>
  /^[^<>\n]{1,200}<mailto:([^<>\s]{3,320})>/iu,
];

/** An address inside a sentence that says what became of it. */
const IN_SENTENCE: readonly RegExp[] = [
  /(?:delivered|deliver(?: (?:your |the )?(?:message|mail))?|gateway|delivery|message|mail|reached?|sent) (?:to|for|at|address)\s+(?:the (?:address|recipient) )?["'<]?([^\s<>"']+@[^\s<>"',;]+)/iu,
  /(?:recipient|user|attempts|addressee|full|unknown|to)\s?:\s*<?([^\s<>"']+@[^\s<>"',;]+)/iu,
  /RCPT TO:\s?<([^\s<>]+@[^\s<>]+)>/i,
  /(?:đến|tới|cho|người nhận|địa chỉ)\s*:?\s*(?:địa chỉ |người nhận )?["'<]?([^\s<>"']+@[^\s<>"',;]+)/iu,
];

/** Blocks in the order of the notice, each recipient once. */
export function recipientBlocks(notice: string): RecipientBlock[] {
  const lines = notice.split('\n', MAX_LINES).map((line) => line.slice(0, MAX_LINE).trimEnd());
  const listed = listedBlocks(lines);
  if (listed.length > 0) return merged(listed);
  const named = inSentences(lines);
  return named.length > 0
    ? named.map((recipient) => ({ recipient, words: lines.join('\n') }))
    : indentedBlock(lines);
}

function listedBlocks(lines: string[]): RecipientBlock[] {
  const blocks: RecipientBlock[] = [];
  for (const line of lines) {
    const open = blocks.at(-1);
    const recipient = listedAddress(line);
    // An address that continues the words about a recipient ("553 5.1.1 unknown user:\n    <a@b>:") opens nothing.
    if (recipient === null || (open !== undefined && /^ {3,}\S/.test(line) && /^ {0,2}\S/.test(open.words))) {
      if (open !== undefined) open.words += `\n${line}`;
    } else if (blocks.length < MAX_BLOCKS) {
      blocks.push({ recipient, words: line });
    }
  }
  return blocks;
}

function listedAddress(line: string): string | null {
  const found = LISTED.map((pattern) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
  return found === undefined ? null : addressIn(found);
}

/** Exchange lists a recipient twice: once for people, once with the server's words. */
function merged(blocks: RecipientBlock[]): RecipientBlock[] {
  const byRecipient = new Map<string | null, RecipientBlock>();
  for (const { recipient, words } of blocks) {
    const before = byRecipient.get(recipient);
    byRecipient.set(recipient, {
      recipient,
      words: before === undefined ? words : `${before.words}\n${words}`,
    });
  }
  return [...byRecipient.values()];
}

function inSentences(lines: string[]): string[] {
  const text = lines.join('\n');
  const found = IN_SENTENCE.map((pattern) => pattern.exec(text)?.[1]).find((one) => one !== undefined);
  return found === undefined ? [] : addressesIn(found).slice(0, 1);
}

/** Exim's lists of local parts and files: a line indented by two, its words by four; nobody can be told from it. */
function indentedBlock(lines: string[]): RecipientBlock[] {
  const start = lines.findIndex((line, at) => /^ {2}\S/.test(line) && /^ {4}\S/.test(lines[at + 1] ?? ''));
  return start < 0 ? [] : [{ recipient: null, words: lines.slice(start).join('\n') }];
}
