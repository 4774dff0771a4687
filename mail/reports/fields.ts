/** Blocks of header-like fields, as the machine parts of reports have them (RFC 3464 2.1.1, RFC 8098 3.1). */

/** Lower-case names; of a repeated field the first one counts. */
export type Fields = ReadonlyMap<string, string>;

/** Fields of one machine part that are read; a real report has some tens. */
const MAX_LINES = 20_000;
const FIELD = /^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,8}:[ \t]*(.*)$/;

/** Blocks between empty lines; blocks without any field are left out. */
export function fieldBlocks(text: string): Fields[] {
  const blocks: Map<string, string>[] = [];
  let open: Map<string, string> | null = null;
  let last: string | null = null;
  for (const line of lines(text)) {
    const field = FIELD.exec(line);
    if (line.trim() === '') {
      open = last = null;
    } else if (field === null || startsWithSpace(line)) {
      // QUIRK: some servers break long diagnostics without indenting the next line.
      if (open !== null && last !== null) open.set(last, joined(open.get(last), line));
    } else {
      const name = field[1]!.toLowerCase();
      // QUIRK: recipients that follow each other without the empty line between them.
      if (open === null || (name === 'final-recipient' && open.has(name))) {
        open = new Map();
        blocks.push(open);
      }
      last = open.has(name) ? null : name;
      if (last !== null) open.set(name, field[2]!.trim());
    }
  }
  return blocks;
}

/** The header fields of a message, or of what is quoted of it: everything up to the first empty line. */
export function headerFields(text: string): Fields {
  return fieldBlocks(text.replace(/^\s+/, '').replace(/^>?From [^\n]*\n/, ''))[0] ?? new Map();
}

function lines(text: string): string[] {
  return text.replace(/\r\n?/g, '\n').split('\n', MAX_LINES);
}

function startsWithSpace(line: string): boolean {
  return line.startsWith(' ') || line.startsWith('\t');
}

/** Beyond some thousand characters nothing of a field is of use. */
function joined(before: string | undefined, line: string): string {
  return (before ?? '').length > 4000 ? (before ?? '') : `${before ?? ''} ${line.trim()}`.trim();
}
