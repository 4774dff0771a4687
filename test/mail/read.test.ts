import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_READING_LIMITS } from '../../mail/limits.ts';
import { readMail } from '../../mail/read.ts';
import { codes, HEADER, mixed, read, testSink } from './memory-sink.ts';

const sink = testSink();
afterAll(() => sink.remove());

const PDF = `Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\nContent-Transfer-Encoding: base64\n\n${Buffer.from('%PDF-1.7\nmau').toString('base64')}`;
const TEXT = 'Content-Type: text/plain; charset=utf-8\n\nKính gửi';

describe('an ordinary letter', () => {
  it('gives header, text and file, without a defect', async () => {
    const mail = await read(mixed(TEXT, PDF), sink);
    expect(mail.defects).toEqual([]);
    expect(mail).toMatchObject({
      messageId: '<mau-1@h99.example.gov.vn>',
      date: '2026-11-13T01:30:00.000Z',
      from: { address: 'vanthu@h99.example.gov.vn', name: 'Văn thư' },
      text: 'Kính gửi',
      report: null,
    });
    expect(mail.parts).toMatchObject([
      { path: '2', name: 'a.pdf', detectedType: 'application/pdf', origin: 'attachment' },
    ]);
    expect(sink.bytesOf(mail.parts[0]!.sha256).toString()).toBe('%PDF-1.7\nmau');
  });

  it('turns HTML into text when there is only HTML', async () => {
    const mail = await read(
      `${HEADER}Content-Type: text/html; charset=utf-8\n\n<style>x{}</style><p>K&iacute;nh g&#7917;i</p><p>Sở Mẫu</p>`,
      sink,
    );
    expect(mail.text).toBe('Kính gửi\n\nSở Mẫu');
  });
});

describe('traps of mail (STYLE, known traps)', () => {
  it.each([
    ['unparseable', 'Date: hôm qua'],
    ['without a zone', 'Date: Fri, 13 Nov 2026 08:30:00'],
    ['of an impossible day', 'Date: 31 Feb 2026 08:30:00 +0700'],
  ])('a date %s is null, never now', async (_, line) => {
    const mail = await read(`${HEADER.replace(/^Date:.*$/m, line)}\nx`, sink);
    expect(mail.date).toBeNull();
    expect(codes(mail)).toContain('date-unparseable');
  });

  it.each(['Subject', 'From', 'Date', 'Message-ID'])('the first %s wins over a second one', async (name) => {
    const first = await read(`${HEADER}\nx`, sink);
    const second = await read(
      `${HEADER}${name}: Sat, 14 Nov 2026 09:00:00 +0700 <khac@example.org>\n\nx`,
      sink,
    );
    expect({ ...second, defects: [] }).toEqual({ ...first, defects: [] });
    expect(second.defects).toMatchObject([{ code: 'duplicate-header', where: name.toLowerCase() }]);
  });

  it.each(['inline', 'attachment'])(
    'an embedded message (%s) is kept whole as a part',
    async (disposition) => {
      const inner = `From: a@example.org\nSubject: trong\nMessage-ID: <trong@example.org>\n\nnoi dung trong`;
      const mail = await read(
        mixed(TEXT, `Content-Type: message/rfc822\nContent-Disposition: ${disposition}\n\n${inner}`),
        sink,
      );
      expect(mail.text).toBe('Kính gửi');
      expect(mail.parts).toMatchObject([{ origin: 'message', detectedType: 'message/rfc822' }]);
      expect(mail.embedded).toMatchObject([
        { path: '2', messageId: '<trong@example.org>', subject: 'trong' },
      ]);
      expect(sink.bytesOf(mail.parts[0]!.sha256).toString()).toContain('noi dung trong');
    },
  );

  it('reads lines that end in CR alone, and says so', async () => {
    const mail = await read(Buffer.from(mixed(TEXT, PDF).replace(/\n/g, '\r')), sink);
    expect(mail.subject).toBe('Ve viec mau');
    expect(mail.parts).toHaveLength(1);
    expect(codes(mail)).toEqual(['bare-cr-line-ends']);
  });

  it.each([
    ['no bytes', ''],
    ['bytes that are no message', '\u0001\u0002\u0003 xin chao'],
  ])('%s are a defect, never done', async (_, raw) => {
    expect(codes(await read(raw, sink))).toContain('empty-parse');
  });

  it('two files of one name stay two parts', async () => {
    const mail = await read(mixed(PDF, PDF.replace('bWF1', 'bWF2')), sink);
    expect(mail.parts.map((part) => part.name)).toEqual(['a.pdf', 'a.pdf']);
  });

  it('what the HTML alternative says is kept beside the plain text, bounded (DOMAIN 8.2)', async () => {
    const html = (words: string) => `Content-Type: text/html; charset=utf-8\n\n<p>${words}</p>`;
    const both = await read(mixed(TEXT, html('M&#7852;T')), sink);
    expect([both.text.includes('M\u1eacT'), both.otherText]).toEqual([false, 'M\u1eacT']);
    const alone = await read(mixed(html('Kính gửi')), sink);
    expect([alone.text, alone.otherText]).toEqual(['Kính gửi', undefined]);
    const long = await read(mixed(TEXT, html('x'.repeat(300_000))), sink);
    expect(long.otherText).toHaveLength(262_144);
    expect(codes(long)).toEqual(['text-truncated']);
  });

  it('a document after an inner multipart that is never closed is not lost', async () => {
    const inner = `Content-Type: multipart/alternative; boundary="c"\n\n--c\n${TEXT}`;
    const mail = await read(mixed(inner, PDF), sink);
    expect(mail.parts).toHaveLength(1);
    expect(codes(mail)).toContain('boundary-never-closed');
  });

  it('a delimiter may have trailing blanks (RFC 2046 5.1.1)', async () => {
    const mail = await read(mixed(TEXT, PDF).replaceAll('--b\n', '--b \t\n'), sink);
    expect(mail.parts).toHaveLength(1);
  });

  it('a letter that broke off says so', async () => {
    const whole = mixed(TEXT, PDF);
    expect(codes(await read(whole.slice(0, whole.length - 12), sink))).toContain('boundary-never-closed');
  });

  it('a multipart without its boundary is taken as text', async () => {
    const mail = await read(`${HEADER}Content-Type: multipart/mixed; boundary="b"\n\nKính gửi Sở Mẫu`, sink);
    expect(mail.text).toBe('Kính gửi Sở Mẫu');
    expect(codes(mail)).toContain('boundary-never-used');
  });
});

describe('charsets (ENC)', () => {
  const words: [string, string, string][] = [
    ['cut inside a character', '=?utf-8?B?Vi92IHRyaeE=?=\r\n =?utf-8?B?u4NuIGtoYWk=?=', 'V/v triển khai'],
    ['windows-1258 with combining marks', '=?windows-1258?Q?Tr=E2=CCn?=', 'Trần'],
    ['unknown-8bit that is UTF-8', '=?unknown-8bit?Q?V=C4=83n_th=C6=B0?=', 'Văn thư'],
    ['raw UTF-8', 'Văn thư', 'Văn thư'],
    ['decomposed', 'Va\u0306n thu\u031b', 'Văn thư'],
  ];
  it.each(words)('a subject %s', async (_, subject, right) => {
    const mail = await read(`${HEADER.replace(/^Subject:.*$/m, `Subject: ${subject}`)}\nx`, sink);
    expect(mail.subject).toBe(right);
  });

  it('raw windows-1258 in a header is read by the charset of the body', async () => {
    const raw = Buffer.from(
      `${HEADER.replace(/^Subject:.*$/m, 'Subject: Tr\xe2\xccn').replace('Văn thư', 'VT')}Content-Type: text/plain; charset=windows-1258\n\nTr\xe2\xccn`,
      'latin1',
    );
    const mail = await read(raw, sink);
    expect([mail.subject, mail.text]).toEqual(['Trần', 'Trần']);
  });

  it('TCVN3 labelled latin-1 is flagged and shown as it came', async () => {
    const mail = await read(
      `${HEADER}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nc=B8c s=EB, ban, ng=B5nh, =AEo=B5n th=D3 t=D8nh; =AE=D2 ngh=DE b=B8o c=B8o`,
      sink,
    );
    expect(codes(mail)).toEqual(['legacy-vietnamese-encoding']);
    expect(mail.text).toContain('ngµnh');
  });

  it('VNI is flagged, French is not', async () => {
    const vni = 'Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam';
    expect(codes(await read(`${HEADER}\n${vni}`, sink))).toEqual(['legacy-vietnamese-encoding']);
    expect(codes(await read(`${HEADER}\nLe garçon naïf a été reçu à la fête où il a vu Noël`, sink))).toEqual(
      [],
    );
  });
});

describe('limits', () => {
  it('a part over the limit is listed, its bytes left out, the next one read', async () => {
    const big = PDF.replace(
      /\n\n.*$/s,
      `\n\n${Buffer.alloc(50_000, 'x').toString('base64').replace(/.{76}/g, '$&\n')}`,
    );
    const mail = await read(mixed(TEXT, big, PDF), sink, { maxPartBytes: 20_000 });
    expect(mail.parts.map((part) => part.size)).toEqual([0, 12]);
    expect(mail.defects).toMatchObject([{ code: 'part-too-large', where: '2' }]);
  });

  it('more parts than the limit are a defect', async () => {
    const mail = await read(mixed(...Array.from({ length: 8 }, () => PDF)), sink, { maxParts: 5 });
    expect(mail.parts).toHaveLength(5);
    expect(codes(mail)).toContain('too-many-parts');
  });

  it('a header over the limit is cut, the body still read', async () => {
    const raw = `${HEADER}${'X-A: 0123456789\n'.repeat(1000)}\nKính gửi`;
    const mail = await read(raw, sink, { maxHeaderBytes: 4096 });
    expect([mail.subject, mail.text]).toEqual(['Ve viec mau', 'Kính gửi']);
    expect(codes(mail)).toEqual(['header-too-large']);
  });

  it('nesting over the limit is a defect', async () => {
    const open = Array.from(
      { length: 30 },
      (_, i) => `Content-Type: multipart/mixed; boundary="n${i}"\n\n--n${i}\n`,
    ).join('');
    expect(codes(await read(`${HEADER}${open}${TEXT}`, sink))).toContain('nesting-too-deep');
  });

  it('a failing disk is thrown, not taken for a defect of the mail', async () => {
    const full = { ...sink, keep: () => Promise.reject(new Error('ENOSPC')) };
    await expect(read(mixed(TEXT, PDF), full)).rejects.toThrow('ENOSPC');
  });

  it('a failing source is thrown', async () => {
    const source = Readable.from(
      (async function* () {
        yield Buffer.from(mixed(TEXT, PDF).slice(0, 500));
        throw new Error('EIO');
      })(),
    );
    await expect(readMail(source, sink, DEFAULT_READING_LIMITS)).rejects.toThrow('EIO');
  });
});
