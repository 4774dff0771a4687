/** What control words of RTF change: the dress of text and of paragraphs, as part of the state of a group. */
import { type Align, type Paragraph, paragraph, type TabStop } from './flow.ts';

/** Goes with the group: the end of a group brings the state before it back. */
export interface RtfState {
  font: number;
  bold: boolean;
  italic: boolean;
  size: number;
  hidden: boolean;
  deleted: boolean;
  /** Fallback characters behind each \u. */
  skip: number;
  /** Where text goes: into the document, into the font table, nowhere. */
  destination: 'text' | 'fonts' | 'info' | 'nowhere';
  /** The group started with \*: a destination we do not know is passed over. */
  optional: boolean;
}

export const RTF_STATE: RtfState = {
  ...{ font: 0, bold: false, italic: false, size: 24, hidden: false, deleted: false, skip: 1 },
  ...{ destination: 'text', optional: false },
};

/** Applies a character property; false when the word is none. */
export function dressState(state: RtfState, word: string, value: number | null): boolean {
  const on = value !== 0;
  if (word === 'b') state.bold = on;
  else if (word === 'i') state.italic = on;
  else if (word === 'v') state.hidden = on;
  else if (word === 'deleted') state.deleted = on;
  else if (word === 'fs') state.size = Math.min(400, Math.max(2, value ?? 24));
  else if (word === 'f') state.font = value ?? 0;
  else if (word === 'uc') state.skip = Math.min(16, Math.max(0, value ?? 1));
  else if (word === 'plain')
    Object.assign(state, { bold: false, italic: false, hidden: false, deleted: false, size: 24 });
  else return false;
  return true;
}

/** A paragraph's properties while it is read; `inTable` says that cell marks end it. */
export interface RtfParagraph extends Omit<Paragraph, 'kind' | 'runs'> {
  inTable: boolean;
  /** Kind of the next \tx. */
  tabAlign: Align;
}

export function freshParagraph(): RtfParagraph {
  const { kind: _kind, runs: _runs, ...usual } = paragraph([]);
  return { ...usual, tabs: [], inTable: false, tabAlign: 'left' };
}

const LIMIT = 31_680;

type Rule = (to: RtfParagraph, value: number) => void;

const RULES: Readonly<Record<string, Rule>> = {
  ql: (to) => (to.align = 'left'),
  qj: (to) => (to.align = 'left'),
  qc: (to) => (to.align = 'center'),
  qr: (to) => (to.align = 'right'),
  li: (to, value) => (to.left = value),
  lin: (to, value) => (to.left = value),
  ri: (to, value) => (to.right = value),
  fi: (to, value) => (to.first = value),
  sb: (to, value) => (to.before = Math.max(0, value)),
  sa: (to, value) => (to.after = Math.max(0, value)),
  sl: (to, value) => (to.pitch = value > 0 ? Math.min(4, Math.max(0.7, value / 240)) : 1),
  pagebb: (to) => (to.newPage = true),
  intbl: (to) => (to.inTable = true),
  tqc: (to) => (to.tabAlign = 'center'),
  tqr: (to) => (to.tabAlign = 'right'),
  tx: addTab,
};

function addTab(to: RtfParagraph, value: number): void {
  const tab: TabStop = { at: value, align: to.tabAlign };
  if (to.tabs.length < 64) to.tabs = [...to.tabs, tab].sort((a, b) => a.at - b.at);
  to.tabAlign = 'left';
}

/** Applies a paragraph property; false when the word is none. */
export function dressRtfParagraph(to: RtfParagraph, word: string, value: number | null): boolean {
  const rule = Object.hasOwn(RULES, word) ? RULES[word] : undefined;
  rule?.(to, Math.max(-LIMIT, Math.min(LIMIT, value ?? 0)));
  return rule !== undefined;
}
