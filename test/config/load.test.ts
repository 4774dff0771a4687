import { chmodSync, copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CongvanError } from '../../config/error.ts';
import { loadConfig } from '../../config/load.ts';
import { makeConfig } from '../../config/make.ts';
import { readSecret } from '../../config/secret.ts';

const CONFIG = resolve(import.meta.dirname, '../../config');

const BASE = `
agency:
  code: "000.00.01.H99"
  name: UBND xã Mẫu
  address: VanThu@Mau.example.gov.vn
  phone: "0200"
  place: Mẫu
dataDir: data
staff: [{ id: vanthu, name: Văn thư, title: Văn thư, roles: [clerk] }]
issuing: { org: UBND }
`;

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'congvan-config-'));
}

function write(text: string): string {
  const file = join(folder(), 'congvan.yaml');
  writeFileSync(file, text);
  return file;
}

function refusal(text: string, lang: 'vi' | 'en' = 'en'): CongvanError {
  try {
    loadConfig(write(text), { lang });
  } catch (error) {
    if (error instanceof CongvanError) return error;
    throw error;
  }
  throw new Error('the configuration was not refused');
}

/** Line in which `needle` first stands in BASE + `extra`. */
function lineOf(text: string, needle: string): number {
  return text.slice(0, text.indexOf(needle)).split('\n').length;
}

describe('a configuration that is right', () => {
  it('is complete with the few keys that have no default', () => {
    const file = write(BASE);
    const config = loadConfig(file);
    expect(config.file).toBe(file);
    expect(config.agency.address).toBe('vanthu@mau.example.gov.vn');
    expect(config.dataDir).toBe(join(file, '../data'));
    expect(config.database).toEqual({ kind: 'sqlite', file: join(file, '../data/congvan.sqlite') });
    expect(config.regulation.id).toBe('ND30-2020');
    expect(config.retry).toEqual({
      delaysMs: [60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000],
      giveUpMs: 259_200_000,
    });
    expect(config.screening.maxMessageBytes).toBe(100 * 1024 * 1024);
    expect(config.calendar.vanHoa2411).toBe('pending');
  });

  it('is frozen all the way down', () => {
    const config = loadConfig(write(BASE));
    expect(() => {
      (config.intake.imap as unknown[]).push(1);
    }).toThrow(TypeError);
    expect(Object.isFrozen(config.regulation.signature)).toBe(true);
    expect(Object.isFrozen(config.staff[0])).toBe(true);
  });

  it('turns durations, sizes, dates and paths into milliseconds, bytes, instants and absolute paths', () => {
    const file = write(`${BASE}
intake:
  imap:
    - { name: a, host: mail.example.gov.vn, login: { user: u, password: { file: secrets/imap } }, interval: 1.5m }
    - { name: b, host: mail.example.gov.vn, tls: { mode: starttls, caFile: ca.pem }, login: { user: u, tokenCommand: [lay-token, a] } }
  lmtp: { port: 2424, maxSize: 60MB }
  cutover: 2026-12-01
outgoing: { host: smtp.example.gov.vn, tls: { mode: starttls } }
`);
    const { intake, outgoing } = loadConfig(file);
    expect(intake.imap[0]).toMatchObject({ port: 993, intervalMs: 90_000, folders: ['INBOX'] });
    expect(intake.imap[0]!.login).toEqual({
      kind: 'password',
      user: 'u',
      password: { file: join(file, '../secrets/imap') },
    });
    expect(intake.imap[1]).toMatchObject({
      port: 143,
      tls: { mode: 'starttls', caFile: join(file, '../ca.pem') },
    });
    expect(intake.imap[1]!.login).toEqual({ kind: 'token', user: 'u', command: ['lay-token', 'a'] });
    expect(intake.lmtp).toMatchObject({
      host: '127.0.0.1',
      maxBytes: 60 * 1024 * 1024,
      recipients: ['vanthu@mau.example.gov.vn'],
    });
    // The first moment of 1 December in Vietnam, whatever zone the machine is in.
    expect(intake.cutover).toBe('2026-11-30T17:00:00.000Z');
    expect(outgoing?.port).toBe(587);
  });

  it('fetches nothing and tolerates missing revocation data unless told otherwise', () => {
    expect(loadConfig(write(BASE)).signatures).toMatchObject({
      anchors: [],
      intermediates: [],
      revocation: 'soft',
      sha1Until: null,
      fetch: { hosts: [], issuers: false, timeoutSeconds: 10, proxy: null },
    });
  });

  it('takes what an anchor may vouch for, and whom evidence is asked of', () => {
    const { signatures } = loadConfig(
      write(`${BASE}
signatures:
  anchors:
    - { file: /certs/g2.crt, group: BAN_CO_YEU }
    - { file: /certs/g1.crt, group: BAN_CO_YEU, until: 2027-01-01, timestamps: false }
  revocation: hard
  sha1Until: 2026-07-01T00:00:00Z
  fetch: { hosts: [OCSP.ca.example, "*.example.gov.vn"], issuers: true, timeoutSeconds: 5, proxy: "http://proxy.example:3128" }
`),
    );
    expect(signatures.anchors).toEqual([
      { file: '/certs/g2.crt', group: 'BAN_CO_YEU', until: null, timestamps: true },
      // The first moment of 1 January in Vietnam.
      { file: '/certs/g1.crt', group: 'BAN_CO_YEU', until: '2026-12-31T17:00:00.000Z', timestamps: false },
    ]);
    expect(signatures).toMatchObject({ revocation: 'hard', sha1Until: '2026-07-01T00:00:00.000Z' });
    expect(signatures.fetch).toMatchObject({
      hosts: ['ocsp.ca.example', '*.example.gov.vn'],
      issuers: true,
      timeoutSeconds: 5,
      proxy: 'http://proxy.example:3128',
    });
  });

  it('the commented sample loads, with its directory, in both databases', () => {
    const dir = folder();
    copyFileSync(join(CONFIG, 'congvan.sample.yaml'), join(dir, 'congvan.yaml'));
    copyFileSync(join(CONFIG, 'agencies.sample.yaml'), join(dir, 'agencies.yaml'));
    const config = loadConfig(join(dir, 'congvan.yaml'));
    expect(config.directory.agencies.length).toBeGreaterThan(2);
    expect(config.intake.imap).toHaveLength(1);
    expect(config.staff.filter((member) => member.roles.includes('secrets'))).toHaveLength(2);
  });

  it('takes a PostgreSQL address with its password out of a file', () => {
    const dir = folder();
    writeFileSync(join(dir, 'pg'), 'postgresql://congvan:mat-khau@127.0.0.1:5432/congvan\n');
    chmodSync(join(dir, 'pg'), 0o600);
    writeFileSync(join(dir, 'congvan.yaml'), `${BASE}\ndatabase: { kind: postgres, url: { file: pg } }\n`);
    expect(loadConfig(join(dir, 'congvan.yaml')).database).toEqual({
      kind: 'postgres',
      url: 'postgresql://congvan:mat-khau@127.0.0.1:5432/congvan',
      schema: 'congvan',
    });
  });
});

const mailbox = (rest: string): string =>
  `intake:\n  imap:\n    - { name: a, host: mail.example.gov.vn, ${rest} }\n`;
const LOGIN = 'login: { user: u, password: { env: P } }';

describe('a refusal says the line and what would be right', () => {
  it.each([
    [
      'an unknown key at the top',
      'outgoin: {}',
      'outgoin',
      /no key "outgoin"; allowed here: agency, .*outgoing/,
    ],
    [
      'an unknown key deep down',
      mailbox(`${LOGIN}, foldrs: [INBOX]`),
      '- {',
      /no key "foldrs"; allowed here: .*folders/,
    ],
    [
      'a literal password',
      mailbox('login: { user: u, password: hunter2 }'),
      '- {',
      /file of its own \(chmod 600\).*\{ file: secrets\/name \}/,
    ],
    [
      'a password and a token command',
      mailbox('login: { user: u, password: { env: P }, tokenCommand: [x] }'),
      '- {',
      /exactly one of/,
    ],
    [
      'a duration without a unit',
      mailbox(`${LOGIN}, interval: 60`),
      '- {',
      /duration such as 30s.*from 5s to 1h/,
    ],
    ['a duration out of bounds', mailbox(`${LOGIN}, interval: 1s`), '- {', /from 5s to 1h/],
    ['a size in words', 'screening: { maxMessage: lots }', 'screening', /size such as/],
    ['a host with a scheme', `outgoing: { host: "https://mail" }`, 'outgoing', /host name or IP address/],
    ['a port out of range', 'outgoing: { host: m.example, port: 70000 }', 'outgoing', /1 to 65535/],
    ['an unknown regulation', 'regulation: ND-31', 'regulation', /one of: ND30-2020, LA-36-2013/],
    ['an unknown database', 'database: { kind: mysql }', 'database', /one of: sqlite, postgres/],
    ['a date that does not exist', 'calendar: { extraNonWorking: ["2026-02-30"] }', 'calendar', /real date/],
    ['a cut-over without a zone', 'intake: { cutover: "2026-12-01T07:30:00" }', 'intake', /with its zone/],
    [
      'a time without minutes',
      'calendar: { sessions: [{ start: 7, end: "11:30" }] }',
      'calendar',
      /in quotes|must be text/,
    ],
    [
      'sessions that overlap',
      'calendar: { sessions: [{ start: "07:30", end: "12:00" }, { start: "11:30", end: "17:00" }] }',
      'calendar',
      /without overlapping/,
    ],
    ['a schedule that is none', 'schedule: { reconcile: nightly }', 'schedule', /five parts/],
    [
      'plain IMAP to another machine',
      mailbox(`${LOGIN}, tls: { mode: none }`),
      '- {',
      /without TLS is allowed to this machine only/,
    ],
    [
      'plain SMTP to another machine',
      'outgoing: { host: 10.0.0.5, tls: { mode: none } }',
      'outgoing',
      /this machine only/,
    ],
    [
      'a plain route to another machine',
      'outgoing: { host: 127.0.0.1, tls: { mode: none }, routes: { x.example: { host: 10.0.0.5, port: 25 } } }',
      'outgoing',
      /10\.0\.0\.5/,
    ],
    [
      'a plain listener for the world',
      'intake: { lmtp: { host: 0.0.0.0, port: 24 } }',
      'intake',
      /this machine only/,
    ],
    [
      'a plain scanner elsewhere',
      'screening: { clamav: { host: scan.example, port: 3310 } }',
      'screening',
      /this machine only/,
    ],
    [
      'a database password in the file',
      'database: { kind: postgres, url: "postgresql://u:p@127.0.0.1/x" }',
      'database',
      /file of its own/,
    ],
    [
      'a database elsewhere without TLS',
      'database: { kind: postgres, url: "postgresql://u@db.example/x" }',
      'database',
      /sslmode=verify-full/,
    ],
    [
      'a revocation policy that is none',
      'signatures: { revocation: strict }',
      'signatures',
      /one of: off, soft, hard/,
    ],
    [
      'an end of SHA-1 without a zone',
      'signatures: { sha1Until: "2027-01-01T00:00" }',
      'signatures',
      /with its zone/,
    ],
    [
      'a URL where a host belongs',
      'signatures: { fetch: { hosts: ["http://ocsp.example"] } }',
      'signatures',
      /\*\.example\.gov\.vn/,
    ],
    [
      'a star within a host',
      'signatures: { fetch: { hosts: ["ocsp.*.vn"] } }',
      'signatures',
      /host name .* or all hosts of a domain/,
    ],
    ['every host at once', 'signatures: { fetch: { hosts: ["*"] } }', 'signatures', /all hosts of a domain/],
    [
      'an endless time for one answer',
      'signatures: { fetch: { timeoutSeconds: 3600 } }',
      'signatures',
      /1 to 120/,
    ],
    [
      'a proxy without its scheme',
      'signatures: { fetch: { proxy: "proxy.example:3128" } }',
      'signatures',
      /http:\/\/host:port/,
    ],
    [
      'a password in the address of a proxy',
      'signatures: { fetch: { proxy: "http://u:p@proxy.example:3128" } }',
      'signatures',
      /without password/,
    ],
    [
      'an anchor with an end that is no date',
      'signatures: { anchors: [{ file: a.crt, group: X, until: soon }] }',
      'signatures',
      /must be a date/,
    ],
    [
      'two listeners on one port',
      'intake: { lmtp: { port: 2424 }, smtp: { port: 2424 } }',
      'intake',
      /taken by lmtp/,
    ],
  ])('%s', (_name, extra, needle, words) => {
    const text = `${BASE}${extra}\n`;
    const error = refusal(text);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.temporary).toBe(false);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`congvan.yaml:${lineOf(text, needle)}:`);
  });

  it('never repeats the password that it refuses', () => {
    expect(refusal(`${BASE}${mailbox('login: { user: u, password: hunter2 }')}`).message).not.toContain(
      'hunter2',
    );
    expect(
      refusal(`${BASE}database: { kind: postgres, url: "postgresql://u:hunter2@127.0.0.1/x" }\n`).message,
    ).not.toContain('hunter2');
  });

  it('lists several problems at once, in the order of the file, in the language asked for', () => {
    const text = `${BASE.replace('phone: "0200"', 'phone: 0200')}regulation: X\noutgoin: 1\n`;
    const english = refusal(text).message.split('\n');
    expect(english.map((line) => line.split(': ')[1])).toEqual(['agency.phone', 'regulation', 'outgoin']);
    expect(english[0]).toContain('put it in quotes');
    expect(refusal(text, 'vi').message).toContain('hãy đặt trong ngoặc kép');
  });

  it('names required keys that are missing, at the line of what they belong to', () => {
    const text = BASE.replace('  place: Mẫu\n', '').replace(/^staff.*\n/m, '');
    const error = refusal(text);
    expect(error.message).toMatch(/agency\.place: this required key is missing/);
    expect(error.message).toMatch(/staff: this required key is missing/);
    expect(error.fields.problems).toBe(2);
  });

  it.each([
    ['nobody is a clerk', 'roles: [clerk]', 'roles: [leader]', /at least one person with the role clerk/],
    ['the id of the machine', 'id: vanthu', 'id: machine', /what the journal calls the software/],
  ])('staff: %s', (_name, from, to, words) => {
    expect(refusal(BASE.replace(from, to)).message).toMatch(words);
  });

  it('a file that is not there, or is no YAML, is said with its name', () => {
    expect(() => loadConfig('/nowhere/congvan.yaml')).toThrowError(
      expect.objectContaining({ code: 'CONFIG_UNREADABLE' }),
    );
    expect(refusal('agency: [').message).toContain('congvan.yaml:');
    expect(refusal('').message).toContain('agency');
  });
});

describe('makeConfig', () => {
  it('lays parts over complete defaults and freezes the result', () => {
    const config = makeConfig({
      dataDir: '/tmp/x',
      agency: { name: 'UBND xã Thí Dụ' },
      regulation: 'LA-36-2013',
      verp: false,
    });
    expect(config.agency.name).toBe('UBND xã Thí Dụ');
    expect(config.agency.code).toBe('000.00.01.H99');
    expect(config.regulation.id).toBe('LA-36-2013');
    expect(config.database).toEqual({ kind: 'sqlite', file: '/tmp/x/congvan.sqlite' });
    expect(Object.isFrozen(config.agency)).toBe(true);
  });

  it('one call does not change the next', () => {
    makeConfig({ agency: { name: 'khác' }, regulation: { register: { automatic: 'off' } } });
    expect(makeConfig().agency.name).toBe('UBND xã Mẫu');
    expect(makeConfig().regulation.register.automatic).toBe('whenNothingInDoubt');
  });
});

describe('secrets', () => {
  it('lose one line break at the end and nothing else', () => {
    const file = join(folder(), 's');
    writeFileSync(file, ' mật khẩu \n');
    expect(readSecret({ file })).toBe(' mật khẩu ');
  });

  it('that are missing or empty are said by place, as SECRET_MISSING', () => {
    const file = join(folder(), 's');
    expect(() => readSecret({ file })).toThrowError(expect.objectContaining({ code: 'SECRET_MISSING' }));
    writeFileSync(file, '\n');
    expect(() => readSecret({ file })).toThrowError(file);
    expect(() => readSecret({ env: 'CONGVAN_NO_SUCH_SECRET' })).toThrowError(/CONGVAN_NO_SUCH_SECRET/);
  });
});
