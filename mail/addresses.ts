/** Address lists (RFC 5322 3.4) as people and programs really write them. */
import { decodeHeaderText } from './encoded-words.ts';
import type { MailAddress } from './types.ts';

const MAX_ADDRESSES = 1_000;
const MAX_NAME = 500;

type Draft = { words: string; angle: string | null; comment: string };

/** `raw` is latin-1. Never throws; what has no address that parses has `address: ''`. Groups are opened. */
export function parseAddresses(raw: string, charset: string | null = null): MailAddress[] {
  const drafts: Draft[] = [];
  let draft: Draft = { words: '', angle: null, comment: '' };
  const finish = () => {
    if (draft.words.trim() !== '' || draft.angle !== null) drafts.push(draft);
    draft = { words: '', angle: null, comment: '' };
  };
  for (let i = 0; i < raw.length && drafts.length < MAX_ADDRESSES; i++) {
    const c = raw[i]!;
    if (c === '"') {
      const end = endOfQuoted(raw, i);
      draft.words += raw.slice(i, end + 1);
      i = end;
    } else if (c === '(') {
      const end = endOfComment(raw, i);
      draft.comment ||= raw.slice(i + 1, end);
      i = end;
    } else if (c === '<') {
      const end = raw.indexOf('>', i);
      draft.angle ??= raw.slice(i + 1, end < 0 ? undefined : end);
      i = end < 0 ? raw.length : end;
    } else if (c === ':' && draft.angle === null && !draft.words.includes('@')) {
      draft.words = '';
    } else if (c === ',' || c === ';') finish();
    else draft.words += c;
  }
  finish();
  return drafts.slice(0, MAX_ADDRESSES).map((one) => addressOf(one, charset));
}

function addressOf({ words, angle, comment }: Draft, charset: string | null): MailAddress {
  const bare = angle === null ? normalAddress(words) : '';
  const name = angle === null ? (bare === '' ? words : comment) : words.trim() === '' ? comment : words;
  return {
    address: angle === null ? bare : normalAddress(angle),
    name: decodeHeaderText(unquoted(name), charset)
      .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
      .slice(0, MAX_NAME),
  };
}

/** Local part as written, domain in lower case; '' when it is no address or an ambiguous one. */
function normalAddress(raw: string): string {
  const text = Buffer.from(raw.trim().replace(/^@[^:]*:/, ''), 'latin1')
    .toString('utf8')
    .normalize('NFC');
  const match =
    /^("[^"\r\n]{1,200}"|[^\s@<>(),;:"\\[\]]{1,256})@([\p{L}\p{N}._-]{1,255}|\[[0-9a-f.:]{2,60}\])\.?$/iu.exec(
      text,
    );
  return match ? `${match[1]}@${match[2]!.toLowerCase()}` : '';
}

const unquoted = (text: string): string =>
  text.replace(/"((?:[^"\\]|\\.)*)"/gs, '$1').replace(/\\(.)/gs, '$1');

function endOfQuoted(raw: string, start: number): number {
  for (let i = start + 1; i < raw.length; i++) {
    if (raw[i] === '\\') i++;
    else if (raw[i] === '"') return i;
  }
  return raw.length - 1;
}

function endOfComment(raw: string, start: number): number {
  let depth = 0;
  for (let i = start; i < raw.length; i++) {
    if (raw[i] === '\\') i++;
    else if (raw[i] === '(') depth++;
    else if (raw[i] === ')' && --depth === 0) return i;
  }
  return raw.length;
}
