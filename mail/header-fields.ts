/** Header fields as bytes: cut out of a header block, not yet decoded. */

export interface HeaderField {
  /** Lower case. */
  name: string;
  /** After the colon, unfolded; one character for each byte (latin-1). */
  value: string;
}

/** More fields than any real message has. */
const MAX_FIELDS = 2_000;

/** Reads a header block given as latin-1 text. `odd` counts lines that are neither a field nor part of one. */
export function parseFields(block: string): { fields: HeaderField[]; odd: number } {
  const fields: HeaderField[] = [];
  let odd = 0;
  let open: string[] | null = null;
  const close = () => {
    if (open) fields.at(-1)!.value = open.join('').trim();
    open = null;
  };
  for (const line of block.split(/\r?\n/)) {
    if (line === '') continue;
    if (/^[ \t]/.test(line)) {
      if (open) (open as string[]).push(line);
      else if (line.trim() !== '') odd++;
      continue;
    }
    close();
    const match = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
    if (!match) {
      if (!isMailboxLine(line)) odd++;
    } else if (fields.length < MAX_FIELDS) {
      fields.push({ name: match[1]!.toLowerCase(), value: '' });
      open = [match[2]!];
    }
  }
  close();
  return { fields, odd };
}

/** QUIRK: exports and old servers leave the `From ` line of an mbox file, sometimes quoted with `>`. */
function isMailboxLine(line: string): boolean {
  return /^>?From /.test(line);
}

/** Value of the first field of that name; null when there is none. */
export function firstField(fields: HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

export function allFields(fields: HeaderField[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}
