/**
 * The machine part of T1, T2, T3 (`application/vnd.congvan.notice+json`): what one gateway tells another. The format is
 * described in docs/exchange.md; a change that an old reader would misread needs a new version there and here.
 */
import { findToken } from './token.ts';
import type { ExchangeNotice } from './types.ts';

export const NOTICE_TYPE = 'application/vnd.congvan.notice+json';
const NOTICE_VERSION = 1;

/** Limits of reading; a notice beyond them is not read at all. */
const MAX_JSON_CHARACTERS = 262_144;
const MAX_FILES = 200;
const MAX_REASONS = 20;
const MAX_TEXT = 500;

const ACTS: readonly ExchangeNotice['act'][] = [
  'arrived',
  'returned',
  'registered',
  'recalled',
  'recall-done',
  'recall-declined',
];

type About = { messageId: string | null; token: string | null };
type Said = Partial<Omit<ExchangeNotice, 'type' | 'version' | 'act' | 'token' | 'originalMessageId'>>;

/** Instants are given in UTC and written with +07:00; the token is taken from the Message-ID where it is not known otherwise. */
export function buildNotice(act: ExchangeNotice['act'], about: About, said: Said): ExchangeNotice {
  return {
    type: 'exchange-notice',
    version: NOTICE_VERSION,
    act,
    token: about.token ?? findToken(about.messageId),
    originalMessageId: about.messageId,
    agencyCode: said.agencyCode ?? null,
    agencyName: said.agencyName ?? null,
    soKyHieu: said.soKyHieu ?? null,
    ngayVanBan: said.ngayVanBan ?? null,
    soDen: said.soDen ?? null,
    ngayDen: said.ngayDen ?? null,
    enteredAt: instant(said.enteredAt ?? null),
    deemedReceivedAt: instant(said.deemedReceivedAt ?? null),
    reasons: (said.reasons ?? []).slice(0, MAX_REASONS).map((reason) => clean(reason)),
    files: (said.files ?? [])
      .slice(0, MAX_FILES)
      .map(({ name, sha256, verdict }) => ({ name: clean(name), sha256, verdict })),
  };
}

/** JSON text, keys in the order of docs/exchange.md. */
export function noticeJson(notice: ExchangeNotice): string {
  return `${JSON.stringify(notice, null, 2)}\n`;
}

/**
 * Reads a machine part. Null when it is not one of version 1 or exceeds a limit; a member of the wrong type is null, so
 * that one bad value does not hide the rest. Never throws.
 */
export function parseNotice(json: string): ExchangeNotice | null {
  if (json.length > MAX_JSON_CHARACTERS) return null;
  const found = object(parsed(json.replace(/^\ufeff/u, '')));
  if (found === null || found.type !== 'exchange-notice' || found.version !== NOTICE_VERSION) return null;
  const act = ACTS.find((one) => one === found.act);
  const files = list(found.files, MAX_FILES);
  const reasons = list(found.reasons, MAX_REASONS);
  if (act === undefined || files === null || reasons === null) return null;
  return {
    type: 'exchange-notice',
    version: NOTICE_VERSION,
    act,
    token: matching(found.token, /^[a-z2-7]{16,40}$/),
    originalMessageId: matching(found.originalMessageId, /^<[^<>\s]{1,990}>$/),
    agencyCode: text(found.agencyCode, 100),
    agencyName: text(found.agencyName, MAX_TEXT),
    soKyHieu: text(found.soKyHieu, 200),
    ngayVanBan: isoDate(found.ngayVanBan),
    soDen: wholeNumber(found.soDen),
    ngayDen: isoDate(found.ngayDen),
    enteredAt: instant(found.enteredAt),
    deemedReceivedAt: instant(found.deemedReceivedAt),
    reasons: reasons.flatMap((one) => text(one, MAX_TEXT) ?? []),
    files: files.flatMap((one) => file(one) ?? []),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function object(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** Null = too long to be one of ours; an absent list is an empty one. */
function list(value: unknown, max: number): unknown[] | null {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.length <= max ? value : null;
}

function file(value: unknown): ExchangeNotice['files'][number] | null {
  const found = object(value);
  const name = text(found?.name, MAX_TEXT);
  const sha256 = matching(found?.sha256, /^[0-9a-f]{64}$/);
  return name === null || sha256 === null
    ? null
    : { name, sha256, verdict: matching(found?.verdict, /^(valid|untrusted|suspect|invalid|none|error)$/) };
}

function matching(value: unknown, pattern: RegExp): string | null {
  return typeof value === 'string' && pattern.test(value) ? value : null;
}

function text(value: unknown, max: number): string | null {
  if (typeof value !== 'string' || value.length > max) return null;
  return clean(value) || null;
}

/** NFC, one line, without control characters and marks that turn the direction of text. */
function clean(value: string): string {
  return value
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MAX_TEXT);
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 1e9 ? value : null;
}

function isoDate(value: unknown): string | null {
  const date = matching(value, /^\d{4}-\d{2}-\d{2}$/);
  return date !== null && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) ? date : null;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const VIETNAM_MS = 7 * 60 * 60 * 1000;

/** Any ISO 8601 instant with a zone, as +07:00 with whole seconds. */
function instant(value: unknown): string | null {
  const given = matching(value, INSTANT);
  const at = given === null ? Number.NaN : Date.parse(given);
  return Number.isNaN(at) ? null : `${new Date(at + VIETNAM_MS).toISOString().slice(0, 19)}+07:00`;
}
