/** What commands print: JSON Lines for programs, aligned tables for people; notes and logs on standard error. */

export interface Output {
  readonly json: boolean;
  /** One JSON object on a line of its own; only with --json. */
  record(value: unknown): void;
  /** One line for people; only without --json. */
  line(text?: string): void;
  table(headings: string[], rows: (string | number | null)[][]): void;
  /** For people, on standard error, always. */
  note(text: string): void;
}

/** Writes to the process's streams. A reader that went away (`| head`) ends the command quietly. */
export function openOutput(options: { json: boolean }): Output {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  return {
    json: options.json,
    record: (value) => {
      if (options.json) print(jsonLine(value));
    },
    line: (text = '') => {
      if (!options.json) print(safeText(text));
    },
    table: (headings, rows) => {
      if (!options.json) print(formatTable(headings, rows));
    },
    note: (text) => {
      process.stderr.write(`${safeText(text)}\n`);
    },
  };
}

/** One line whatever is inside: U+2028/2029 end a line for some readers of JSON Lines. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029\u007f-\u009f]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Letters name their own subjects and files: nothing of theirs may steer the terminal or turn the line around. */
export function safeText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** Aligned columns, two spaces apart; the last column is not padded. */
export function formatTable(headings: string[], rows: (string | number | null)[][]): string {
  const cells = [headings, ...rows].map((row) =>
    row.map((cell) => safeText(String(cell ?? '')).replace(/\s+/g, ' ')),
  );
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  const rule = widths.map((width) => '─'.repeat(width));
  return [cells[0]!, rule, ...cells.slice(1)]
    .map((row) =>
      row
        .map((cell, column) => padEnd(cell, widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

const GRAPHEMES = new Intl.Segmenter('vi', { granularity: 'grapheme' });
/** East Asian wide and full-width, and pictures (Unicode UAX 11), as terminals show them. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns that a terminal uses for the text: "ệ" is one whether composed or not. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (!ZERO.test(segment)) width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** Cuts to at most `width` columns, ending in "…" where something was left out. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (displayWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const VIETNAM_OFFSET_MS = 7 * 3_600_000;

/** `20/11/2026 15:04:05` in Vietnam, whatever zone the machine is in; '' for none. */
export function vietnamTime(instant: string | null | undefined): string {
  if (!instant) return '';
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  const local = new Date(time + VIETNAM_OFFSET_MS).toISOString();
  return `${vietnamDate(local.slice(0, 10))} ${local.slice(11, 19)}`;
}

/** `2026-11-20` → `20/11/2026`; anything else stays as it is. */
export function vietnamDate(date: string | null | undefined): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? '');
  return match === null ? (date ?? '') : `${match[3]}/${match[2]}/${match[1]}`;
}
