/** Letters as ordinary mail programs write them (and as they should not), for the demo, the tests and the benchmarks. */

export interface LetterPart {
  name: string | null;
  type: string;
  content: Uint8Array | string;
  inline?: boolean;
}

export interface Letter {
  from: string;
  to: string;
  subject: string;
  text: string;
  messageId: string;
  date: Date;
  parts?: LetterPart[];
  headers?: string[];
}

/** RFC 5322 bytes, CRLF. Subject and names in UTF-8 encoded words. */
export function makeLetter(letter: Letter): Buffer {
  const boundary = `=_${letter.messageId.replace(/[^a-z0-9]/gi, '').slice(0, 30)}`;
  const head = [
    `From: ${letter.from}`,
    `To: ${letter.to}`,
    `Subject: ${encodedWords(letter.subject)}`,
    `Message-ID: <${letter.messageId}>`,
    `Date: ${letter.date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    ...(letter.headers ?? []),
  ];
  const text = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    lines64(Buffer.from(letter.text)),
  ];
  if (!letter.parts?.length) return Buffer.from([...head, ...text, ''].join('\r\n'));
  const parts = letter.parts.map((part) =>
    [`--${boundary}`, ...partHead(part), '', lines64(Buffer.from(part.content))].join('\r\n'),
  );
  return Buffer.from(
    [
      ...head,
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      ...text,
      ...parts,
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  );
}

function partHead(part: LetterPart): string[] {
  const disposition = part.inline ? 'inline' : 'attachment';
  const name = part.name === null ? '' : `; filename*=utf-8''${encodeURIComponent(part.name)}`;
  return [
    `Content-Type: ${part.type}`,
    `Content-Disposition: ${disposition}${name}`,
    'Content-Transfer-Encoding: base64',
  ];
}

/** RFC 2047: encoded words of whole characters, each under 75 bytes. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let chunk = '';
  for (const char of text) {
    if (Buffer.byteLength(chunk + char) > 42) {
      words.push(chunk);
      chunk = '';
    }
    chunk += char;
  }
  words.push(chunk);
  return words.map((w) => `=?utf-8?B?${Buffer.from(w).toString('base64')}?=`).join('\r\n ');
}

function lines64(content: Buffer): string {
  return content.toString('base64').replace(/.{76}/g, '$&\r\n');
}
