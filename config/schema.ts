/** The shape of the configuration file, with its defaults. Every key is explained in config/congvan.sample.yaml. */
import { z } from 'zod';
import {
  address,
  count,
  cron,
  duration,
  group,
  host,
  hostPattern,
  httpProxy,
  instant,
  isoDate,
  path,
  port,
  secret,
  size,
  slug,
  text,
  timeOfDay,
} from './leaves.ts';
import { packSentence } from './problems.ts';
import { signingGroup } from './signing.ts';

export const REGULATION_IDS = [
  'ND30-2020',
  'LA-36-2013',
  'QN-57-2014',
  'SL-2588-2018',
  'LC-48-2017',
  'GL-443-2016',
] as const;

const agency = group({
  code: text(35),
  name: text(200),
  parent: text(200).nullable().default(null),
  shortNames: z.array(text(100)).default([]),
  address,
  aliases: z.array(address).default([]),
  clerkUnit: text(200).default('Văn thư'),
  phone: text(50),
  place: text(100),
});

const sqlite = group({ kind: z.literal('sqlite'), file: path.optional() });
const postgres = group({
  kind: z.literal('postgres'),
  url: z.unknown(),
  schema: slug.default('congvan'),
});

const tls = group({
  mode: z.enum(['implicit', 'starttls', 'none']),
  caFile: path.nullable().default(null),
}).prefault({ mode: 'implicit' });

const login = group({
  user: text(320),
  password: secret.optional(),
  tokenCommand: z.array(z.string().min(1)).min(1).optional(),
}).refine((value) => (value.password === undefined) !== (value.tokenCommand === undefined), {
  error: packSentence(
    'cần đúng một trong hai mục: password hoặc tokenCommand',
    'needs exactly one of password and tokenCommand',
  ),
});

const imapMailbox = group({
  name: slug,
  host,
  port: port.optional(),
  tls,
  login,
  folders: z.array(text(255)).min(1).default(['INBOX']),
  interval: duration('5s', '1h').prefault('60s'),
  idle: z.boolean().default(true),
  commandTimeout: duration('5s', '30m').prefault('120s'),
  moveTo: text(255).nullable().default(null),
});

const listener = group({
  host: host.default('127.0.0.1'),
  port,
  recipients: z.array(address).min(1).optional(),
  maxSize: size('1MB', '2GB').prefault('100MB'),
  tls: group({ keyFile: path, certFile: path }).nullable().default(null),
});

const intake = group({
  imap: z.array(imapMailbox).default([]),
  lmtp: listener.nullable().default(null),
  smtp: listener.nullable().default(null),
  folder: group({ path, interval: duration('1s', '1h').prefault('10s') })
    .nullable()
    .default(null),
  cutover: instant.nullable().default(null),
});

const outgoing = group({
  host,
  port: port.optional(),
  tls,
  login: login.nullable().default(null),
  connections: count(1, 50).default(3),
  timeout: duration('5s', '30m').prefault('2m'),
  routes: z.record(z.string(), group({ host, port })).default({}),
});

const retry = group({
  delays: z.array(duration('1s', '1d')).min(1).prefault(['1m', '5m', '15m', '1h', '2h', '4h']),
  giveUp: duration('1m', '30d').prefault('3d'),
});

const sender = group({
  trustedAuthservIds: z.array(text(255)).default([]),
  trustedReceivedBy: z.array(host).default([]),
  check: z.boolean().default(true),
  resolver: z
    .union([z.literal('system'), group({ file: path })], {
      error: packSentence(
        'phải là system, hoặc { file: tệp JSON chứa câu trả lời DNS cố định }',
        'must be system, or { file: JSON file of fixed DNS answers }',
      ),
    })
    .default('system'),
});

/** Content that runs when it is opened (VAL-06); the type is told from the bytes too, this list only adds. */
const BLOCKED =
  'exe com scr pif bat cmd ps1 vbs vbe js jse wsf wsh hta msi msp cpl jar lnk reg dll sys iso img vhd apk chm';

const screening = group({
  maxMessage: size('1MB', '2GB').prefault('100MB'),
  clamav: z
    .union([group({ host, port }), group({ socket: path })], {
      error: packSentence(
        'phải là { host, port } hoặc { socket } của clamd, hoặc null khi không dùng',
        'must be { host, port } or { socket } of clamd, or null when there is none',
      ),
    })
    .nullable()
    .default(null),
  blockedExtensions: z
    .array(z.string().transform((value) => value.trim().toLowerCase().replace(/^\./, '')))
    .default(BLOCKED.split(' ')),
});

/** Revocation answers and issuers from the network: nothing is asked of a host that is not listed. */
const evidenceFetch = group({
  hosts: z.array(hostPattern).default([]),
  issuers: z.boolean().default(false),
  timeoutSeconds: count(1, 120).default(10),
  proxy: httpProxy.nullable().default(null),
});

const anchor = group({
  file: path,
  group: text(40),
  until: instant.nullable().default(null),
  timestamps: z.boolean().default(true),
});

const signatures = group({
  store: path.default('trust'),
  anchors: z.array(anchor).default([]),
  intermediates: z.array(path).default([]),
  revocation: z.enum(['off', 'soft', 'hard']).default('soft'),
  retryFor: duration('1m', '7d').prefault('2h'),
  sha1Until: instant.nullable().default(null),
  fetch: evidenceFetch.prefault({}),
});

const staffMember = group({
  id: slug,
  name: text(100),
  title: text(100),
  roles: z.array(z.enum(['clerk', 'leader', 'secrets', 'admin'])).min(1),
  email: address.nullable().default(null),
});

const register = group({
  automatic: z.enum(['profile', 'off']).default('profile'),
  defaults: z.record(z.string(), text(500)).default({}),
  nextNumber: z
    .array(
      group({
        book: z.enum(['den', 'di']),
        series: text(40).default('chung'),
        year: count(2000, 2100),
        number: count(1, 9_999_999),
      }),
    )
    .default([]),
});

const issuing = group({
  org: text(40),
  defaultUnit: text(40).default('VP'),
  series: z.enum(['common', 'perType']).default('common'),
  scannerFolder: path.nullable().default(null),
});

const calendar = group({
  sessions: z
    .array(group({ start: timeOfDay, end: timeOfDay }))
    .min(1)
    .default([
      { start: '07:30', end: '11:30' },
      { start: '13:30', end: '17:00' },
    ]),
  vanHoa2411: z.enum(['pending', 'off', 'working']).default('pending'),
  extraNonWorking: z.array(isoDate).default([]),
  extraWorking: z.array(isoDate).default([]),
});

export const configFile = group({
  agency,
  regulation: z.enum(REGULATION_IDS).default('ND30-2020'),
  dataDir: path,
  database: z.discriminatedUnion('kind', [sqlite, postgres]).prefault({ kind: 'sqlite' }),
  intake: intake.prefault({}),
  outgoing: outgoing.nullable().default(null),
  retry: retry.prefault({}),
  verp: z.boolean().default(true),
  sender: sender.prefault({}),
  screening: screening.prefault({}),
  signatures: signatures.prefault({}),
  signing: signingGroup.prefault({}),
  directory: path.nullable().default(null),
  staff: z.array(staffMember).min(1),
  register: register.prefault({}),
  issuing,
  calendar: calendar.prefault({}),
  schedule: group({ reconcile: cron.default('30 1 * * *') }).prefault({}),
  log: group({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

/** What the file says once it has the right shape. */
export type ConfigFile = z.output<typeof configFile>;

const directoryAgency = group({
  code: text(35),
  name: text(200),
  shortNames: z.array(text(100)).default([]),
  addresses: z.array(address).default([]),
  symbols: z.array(text(40)).default([]),
  groups: z.array(text(60)).default([]),
  validFrom: isoDate.nullable().default(null),
  validTo: isoDate.nullable().default(null),
});

export const directoryFile = group({ agencies: z.array(directoryAgency) });
