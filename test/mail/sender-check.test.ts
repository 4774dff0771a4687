import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { dkimSign } from 'mailauth';
import { describe, expect, it } from 'vitest';
import { fixedResolver, type Zone } from '../../mail/fixed-resolver.ts';
import { checkSender, type SenderQuestion } from '../../mail/sender-check.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const DKIM_RECORD = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;

const MAU = 'mau.example.gov.vn';
const RELAY = 'mx.xamau.example.gov.vn';

const ZONE: Zone = {
  [MAU]: { TXT: ['v=spf1 ip4:203.0.113.10 -all'] },
  [`cv._domainkey.${MAU}`]: { TXT: [DKIM_RECORD] },
  [`_dmarc.${MAU}`]: { TXT: ['v=DMARC1; p=reject'] },
  'khongdmarc.example.vn': { TXT: ['v=spf1 ip4:203.0.113.20 -all'] },
  'cv._domainkey.khongdmarc.example.vn': { TXT: [DKIM_RECORD] },
  'ke-gian.example': { TXT: ['v=spf1 ip4:198.51.100.66 -all'] },
  'cv._domainkey.ke-gian.example': { TXT: [DKIM_RECORD] },
};

const NOW = new Date('2026-11-20T03:00:00.000Z');

function letter(from = `Sở Nội vụ <snv@${MAU}>`, extra = ''): string {
  return `${extra}From: ${from}\r\nTo: vanthu@xamau.example.gov.vn\r\nSubject: 12/QD-SNV\r\nDate: Fri, 20 Nov 2026 10:00:00 +0700\r\nMessage-ID: <1@${MAU}>\r\n\r\nKinh gui.\r\n`;
}

async function signed(raw: string, domain = MAU, more: object = {}): Promise<string> {
  const { signatures } = await dkimSign(raw, {
    signatureData: [{ signingDomain: domain, selector: 'cv', privateKey: KEY }],
    signTime: NOW,
    ...more,
    // QUIRK: the types of dkimSign ask for one signature's fields beside the list of signatures that it takes.
  } as unknown as Parameters<typeof dkimSign>[1]);
  return signatures + raw;
}

function check(raw: string | Buffer, of: Partial<SenderQuestion> = {}) {
  const from = /^From:.*<([^<>]+)>/m.exec(raw.toString())?.[1] ?? `snv@${MAU}`;
  return checkSender({
    raw: () => Readable.from([Buffer.from(raw)]),
    mail: { from: { address: from, name: '' } },
    envelopeFrom: null,
    clientIp: null,
    helo: null,
    resolver: fixedResolver(ZONE),
    trustedAuthservIds: [RELAY],
    now: NOW,
    ...of,
  });
}

const direct = { clientIp: '203.0.113.10', helo: `mail.${MAU}`, envelopeFrom: `snv@${MAU}` };
const stranger = { clientIp: '198.51.100.66', helo: 'x.example', envelopeFrom: `snv@${MAU}` };

function stated(results: string, id = RELAY): string {
  return `Authentication-Results: ${id};\r\n ${results}\r\n`;
}

describe('checked by ourselves', () => {
  it('a good signature of the domain in From authenticates, without any client address (IMAP)', async () => {
    const found = await check(await signed(letter()));
    expect(found).toMatchObject({
      from: `snv@${MAU}`,
      basis: 'own',
      dkim: 'pass',
      dmarc: 'pass',
      dkimDomains: [MAU],
      outcome: 'authenticated',
      temporary: false,
    });
  });

  it('a server that stored the letter with bare LF changes nothing', async () => {
    const raw = (await signed(letter())).replaceAll('\r\n', '\n');
    expect((await check(raw)).outcome).toBe('authenticated');
    const bytes = [...Buffer.from(await signed(letter()))].map((byte) => Buffer.from([byte]));
    expect((await check(raw, { raw: () => Readable.from(bytes) })).outcome).toBe('authenticated');
  });

  it('SPF alone authenticates where the client is known', async () => {
    expect(await check(letter(), direct)).toMatchObject({
      spf: 'pass',
      dkim: 'none',
      dmarc: 'pass',
      outcome: 'authenticated',
    });
  });

  it('neither, from a stranger’s address, is forged, with the policy of the domain', async () => {
    const found = await check(letter(), stranger);
    expect(found).toMatchObject({ spf: 'fail', dkim: 'none', dmarc: 'fail', outcome: 'forged' });
    expect(found.notes).toContain('dmarc-policy-reject');
  });

  it('p=none is forged too, with its policy told', async () => {
    const resolver = fixedResolver({ ...ZONE, [`_dmarc.${MAU}`]: { TXT: ['v=DMARC1; p=none'] } });
    const found = await check(letter(), { ...stranger, resolver });
    expect(found).toMatchObject({ dmarc: 'fail', outcome: 'forged' });
    expect(found.notes).toContain('dmarc-policy-none');
  });

  it('a stranger’s own signature and SPF do not speak for the domain in From', async () => {
    const raw = await signed(letter(), 'ke-gian.example');
    const found = await check(raw, { ...stranger, envelopeFrom: 'x@ke-gian.example' });
    expect(found).toMatchObject({ spf: 'pass', dkim: 'pass', dmarc: 'fail', outcome: 'forged' });
  });

  it('a body changed on the way breaks the signature', async () => {
    const raw = (await signed(letter())).replace('Kinh gui', 'Kinh bao');
    expect(await check(raw, stranger)).toMatchObject({ dkim: 'neutral', dmarc: 'fail', outcome: 'forged' });
  });

  it('an unsigned letter fetched over IMAP is unproven, not forged: its SPF was never seen', async () => {
    const found = await check(letter());
    expect(found).toMatchObject({
      basis: 'own',
      spf: 'none',
      dmarc: 'neutral',
      outcome: 'unproven',
      temporary: false,
    });
    expect(found.notes).toContain('spf-not-checkable');
  });

  it('our own relay’s address disproves nothing', async () => {
    const found = await check(letter(), { ...stranger, clientIp: '127.0.0.1' });
    expect(found).toMatchObject({ spf: 'none', dmarc: 'neutral', outcome: 'unproven' });
  });

  it('a domain without a DMARC record is proven by a signature of its own', async () => {
    const raw = await signed(letter('A <a@khongdmarc.example.vn>'), 'khongdmarc.example.vn');
    const found = await check(raw);
    expect(found).toMatchObject({ dmarc: 'none', dkim: 'pass', outcome: 'authenticated' });
    expect(found.notes).toContain('no-dmarc-record');
  });

  it('a domain without a DMARC record is not proven by a stranger’s signature, and not called forged', async () => {
    const raw = await signed(letter('A <a@khongdmarc.example.vn>'), 'ke-gian.example');
    expect(await check(raw)).toMatchObject({ dmarc: 'none', dkim: 'pass', outcome: 'unproven' });
  });

  it.each([
    ['of the signing key', { [`cv._domainkey.${MAU}`]: { TXT: 'SERVFAIL' } }, 'dkim'],
    ['of the DMARC record', { [`_dmarc.${MAU}`]: { TXT: 'TIMEOUT' } }, 'dmarc'],
  ])(
    'a name server that is silent about %2$s (%0$s) leaves it open, and says that a later try may tell',
    async (_what, zone, part) => {
      const raw = part === 'dkim' ? await signed(letter()) : letter();
      const found = await check(raw, { ...stranger, resolver: fixedResolver({ ...ZONE, ...zone }) });
      expect(found).toMatchObject({ outcome: 'unproven', temporary: true });
    },
  );

  it('an SPF answer that did not come makes a failure of DMARC inconclusive', async () => {
    const resolver = fixedResolver({ ...ZONE, [MAU]: { TXT: 'TIMEOUT' } });
    expect(await check(letter(), { ...stranger, resolver })).toMatchObject({
      spf: 'temperror',
      dmarc: 'temperror',
      outcome: 'unproven',
      temporary: true,
    });
  });

  it('a signature that leaves the end of the body open (l=) proves nothing', async () => {
    const raw = await signed(letter(), MAU, {
      signatureData: [{ signingDomain: MAU, selector: 'cv', privateKey: KEY, maxBodyLength: 4 }],
    });
    const found = await check(raw);
    expect(found.outcome).toBe('unproven');
    expect(found.notes).toContain('signature-not-whole');
  });

  it('an expired signature proves nothing: the clock is given', async () => {
    const raw = await signed(letter(), MAU, { expires: new Date('2026-11-21T00:00:00Z') });
    expect((await check(raw)).outcome).toBe('authenticated');
    expect((await check(raw, { now: new Date('2026-12-01T00:00:00Z') })).dkim).not.toBe('pass');
  });

  it('two From fields prove nothing, whoever signed them', async () => {
    const raw = await signed(letter());
    const found = await check(`From: Lãnh đạo <ct@khac.example.gov.vn>\r\n${raw}`);
    expect(found.outcome).not.toBe('authenticated');
    expect(found.notes).toContain('no-single-author');
  });

  it('a From that our reader shows otherwise than the check saw it is not authenticated', async () => {
    const found = await check(await signed(letter()), {
      mail: { from: { address: 'ct@khac.example.gov.vn', name: '' } },
    });
    expect(found.outcome).toBe('unproven');
    expect(found.notes).toContain('from-read-differently');
  });
});

describe('stated by a trusted relay (RFC 8601)', () => {
  const pass = `spf=pass smtp.mailfrom=snv@${MAU}; dmarc=pass (p=reject) header.from=${MAU}`;

  it('a relay’s DMARC pass authenticates what we cannot check ourselves', async () => {
    const found = await check(stated(pass) + letter());
    expect(found).toMatchObject({
      basis: 'trusted-relay',
      spf: 'pass',
      dmarc: 'pass',
      outcome: 'authenticated',
    });
  });

  it('a relay’s SPF, with the record looked up by us', async () => {
    const found = await check(stated(`spf=pass smtp.mailfrom=${MAU}`) + letter());
    expect(found).toMatchObject({
      basis: 'trusted-relay',
      spf: 'pass',
      dmarc: 'pass',
      outcome: 'authenticated',
    });
  });

  it('a relay’s SPF failure makes an unsigned letter forged', async () => {
    const found = await check(stated(`spf=fail smtp.mailfrom=${MAU}`) + letter());
    expect(found).toMatchObject({ spf: 'fail', dmarc: 'fail', outcome: 'forged' });
  });

  it('a relay’s DMARC failure is forged, with or without a resolver', async () => {
    const raw = stated(`dmarc=fail header.from=${MAU}`) + letter();
    expect((await check(raw)).outcome).toBe('forged');
    expect(await check(raw, { resolver: null })).toMatchObject({ basis: 'trusted-relay', outcome: 'forged' });
  });

  it('without a check of our own the relay’s word is enough', async () => {
    expect(await check(stated(pass) + letter(), { resolver: null })).toMatchObject({
      outcome: 'authenticated',
    });
    expect(await check(letter(), { resolver: null })).toMatchObject({ basis: 'none', outcome: 'unproven' });
  });

  it.each([
    ['from another server', stated(pass, 'mx.ke-gian.example')],
    ['that cannot be parsed', `Authentication-Results: ${RELAY}; spf=pass smtp.mailfrom\r\n`],
    ['below one of another server', stated('spf=fail', 'mx.ke-gian.example') + stated(pass)],
    [
      'that claims a signature which the letter does not carry',
      stated(`dkim=pass header.d=${MAU}; dmarc=pass header.from=${MAU}`),
    ],
    ['about another domain', stated('dmarc=pass header.from=khac.example.gov.vn')],
  ])('a header %s is not believed', async (_what, header) => {
    expect((await check(header + letter())).outcome).toBe('unproven');
  });

  it('a forged header below the relay’s own does not help', async () => {
    const raw = `Received: from x by ${RELAY}; Fri, 20 Nov 2026 10:00:00 +0700\r\n${stated('spf=fail smtp.mailfrom=x.example')}${stated(pass)}`;
    const found = await check(raw + letter());
    expect(found.outcome).toBe('forged');
    expect(found.notes).toContain('authentication-results-ignored');
  });

  it('several filters of the relay may each write a header, above every Received line', async () => {
    const raw = `${stated(`dmarc=pass header.from=${MAU}`)}${stated(`spf=pass smtp.mailfrom=${MAU}`)}Received: from x by ${RELAY}; Fri, 20 Nov 2026 10:00:00 +0700\r\n`;
    expect(await check(raw + letter())).toMatchObject({
      spf: 'pass',
      dmarc: 'pass',
      outcome: 'authenticated',
    });
  });

  it('a client from outside who writes the relay’s header itself is not believed', async () => {
    const found = await check(stated(pass) + letter(), stranger);
    expect(found).toMatchObject({ basis: 'own', outcome: 'unproven' });
  });
});

describe('bounds', () => {
  it('a header block beyond the limit is not read further', async () => {
    const found = await check(`X-Dai: ${'a'.repeat(600 * 1024)}\r\n${letter()}`);
    expect(found).toMatchObject({ outcome: 'unproven', notes: ['header-block-too-large'] });
  });

  it('a thousand signatures cause no thousand questions', async () => {
    let questions = 0;
    const known = fixedResolver(ZONE);
    const many = Array.from(
      { length: 1_000 },
      (_, i) =>
        `DKIM-Signature: v=1; a=rsa-sha256; d=d${i}.example; s=s; h=from; bh=AAAA; b=AAAA; l=${i}\r\n`,
    );
    await check(many.join('') + letter(), {
      resolver: (name, type) => {
        questions++;
        return known(name, type);
      },
    });
    expect(questions).toBeLessThan(40);
  });

  it.each(['', '\r\n', 'From', 'From: \r\n\r\n', ':\r\n', `From: <<<@>>>\r\n\r\n`, '\0\0\0\n\n'])(
    'a message of %j is unproven',
    async (raw) => {
      expect((await check(raw, { mail: { from: null } })).outcome).toBe('unproven');
    },
  );

  const signed = `DKIM-Signature: v=1; a=rsa-sha256; d=x.vn; s=s; h=from; bh=AAAA; b=AAAA\r\n${letter()}`;
  const broken = (...pieces: string[]) =>
    Readable.from(
      (async function* () {
        for (const piece of pieces) yield Buffer.from(piece);
        throw new Error('disk');
      })(),
    );
  const closed = (piece: string) => {
    const raw = new Readable({ read() {} });
    raw.push(piece);
    setImmediate(() => raw.destroy());
    return raw;
  };
  it.each<[string, () => Readable, RegExp]>([
    ['at once', () => broken(), /disk/],
    ['in its header', () => broken(letter().slice(0, 40)), /disk/],
    ['in a signed body', () => broken(signed, 'more\r\n'), /disk/],
    ['by being closed in its header', () => closed(signed.slice(0, 40)), /premature close/i],
    ['by being closed in a signed body', () => closed(signed), /premature close/i],
  ])('a stream that breaks %s is an error, not a verdict', async (_, raw, message) => {
    await expect(
      checkSender({
        raw,
        mail: { from: null },
        envelopeFrom: null,
        clientIp: null,
        helo: null,
        resolver: fixedResolver(ZONE),
        trustedAuthservIds: [],
        now: NOW,
      }),
    ).rejects.toThrow(message);
  });
});
