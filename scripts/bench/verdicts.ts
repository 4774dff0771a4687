/**
 * Verdicts on PDFs of 1 MB with one RSA-2048 signature and a chain of three, without network: through the sandbox, in this
 * process, and by what else is installed (pdfsig, openssl cms), with SHA-256 of the same bytes beside them.
 * `node scripts/bench/verdicts.ts [--files 8] [--rounds 20] [--megabytes 1]` prints one JSON object; README.md says what its
 * fields mean.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Judge, openJudge } from '../../gateway/judging/judge.ts';
import type { TrustMaterial } from '../../signatures/types.ts';
import { verifyFile } from '../../signatures/verify.ts';
import { issue, makeAuthority } from '../province/certificates.ts';
import { makeOfficialPdf } from '../province/documents.ts';
import { signPdf } from '../province/pdf-signing.ts';
import { padded } from './letters.ts';
import { cpuOf } from './process-family.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '20' },
    megabytes: { type: 'string', default: '1' },
  },
});
const DAY_MS = 86_400_000;
const ROUNDS = Number(values.rounds);
const BYTES = Number(values.megabytes) * 1024 * 1024;
/** Verdicts before those that count: V8 has compiled what is used often by then. */
const WARMING = 30;
/** Processes are started anew each time, and slow: fewer tell enough. */
const PEER_RUNS = 15;

const now = Date.now();
const at = new Date(now).toISOString();
const around = (days: number) => ({
  notBefore: new Date(now - days * DAY_MS).toISOString(),
  notAfter: new Date(now + days * DAY_MS).toISOString(),
});

interface Sample {
  pdf: Buffer;
  /** Path of the same bytes. */
  file: string;
  sha256: string;
}

const root = makeAuthority('CA gốc đo tốc độ', around(3_000));
const middle = makeAuthority('CA đo tốc độ', { ...around(2_000), parent: root });
const signer = issue(middle, {
  commonName: 'Sở Nội vụ tỉnh Mẫu',
  organisation: ['Sở Nội vụ tỉnh Mẫu'],
  holder: 'organisation',
  ...around(500),
});
const trust: TrustMaterial = {
  anchors: [{ der: root.certificate, group: 'BAN_CO_YEU' }],
  intermediates: [middle.certificate],
};

const folder = await mkdtemp(join(tmpdir(), 'congvan-bench-'));
try {
  const samples = await makeSamples();
  const sandbox = await throughSandbox(samples);
  const inProcess = await median(samples, ROUNDS, ({ pdf, sha256 }) =>
    verifyFile(pdf, { trust, at, sha256 }),
  );
  const sha256 = await median(samples, ROUNDS, ({ pdf }) => createHash('sha256').update(pdf).digest('hex'));
  const peers = { pdfsig: await pdfsig(samples), opensslCms: await opensslCms(samples) };
  const ratio = (ms: number | null) => (ms === null ? null : round(inProcess / ms));
  const result = {
    bytes: samples[0]!.pdf.length,
    cores: availableParallelism(),
    sandbox,
    inProcess: { medianMs: round(inProcess) },
    sha256Alone: { medianMs: round(sha256) },
    peers: { pdfsigMedianMs: peers.pdfsig, opensslCmsMedianMs: peers.opensslCms },
    inProcessTo: {
      sha256Alone: ratio(sha256),
      pdfsig: ratio(peers.pdfsig),
      opensslCms: ratio(peers.opensslCms),
    },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Different bytes each, so that nothing is remembered from the one before. */
async function makeSamples(): Promise<Sample[]> {
  const letter = await makeOfficialPdf({
    issuer: 'SỞ NỘI VỤ TỈNH MẪU',
    parent: 'ỦY BAN NHÂN DÂN TỈNH MẪU',
    number: '125',
    symbol: 'SNV-VP',
    place: 'Mẫu',
    date: at.slice(0, 10),
    type: null,
    abstract: 'Về việc đo tốc độ kiểm tra chữ ký số',
    addressees: ['Ủy ban nhân dân xã Mẫu'],
    body: ['Sở Nội vụ gửi văn bản này để đo tốc độ.'],
    signingAuthority: [],
    signerTitle: 'GIÁM ĐỐC',
    signerName: 'Trần Văn Mẫu',
    recipients: ['Như trên', 'Lưu: VT'],
  });
  const options = { signingTime: at, name: 'Signature1', chainIncluded: true };
  return Promise.all(
    Array.from({ length: Number(values.files) }, async (_, i) => {
      const pdf = signPdf(padded(letter, BYTES), signer, options);
      const file = join(folder, `${i}.pdf`);
      await writeFile(file, pdf);
      return { pdf, file, sha256: createHash('sha256').update(pdf).digest('hex') };
    }),
  );
}

/** As the service does it: bytes from disk, as many sandboxes as cores, always one file waiting for each. */
async function throughSandbox(samples: Sample[]) {
  const cores = availableParallelism();
  const judge = openJudge({ trust: () => trust, processes: cores });
  try {
    const protections = await judge.protections();
    await inFlight(2 * cores, cores * WARMING, (i) => judgeOne(judge, samples[i % samples.length]!));
    const count = cores * ROUNDS * samples.length;
    const [cpu, began] = [cpuOf(process.pid), performance.now()];
    await inFlight(2 * cores, count, (i) => judgeOne(judge, samples[i % samples.length]!));
    const [wallMs, cpuMs] = [performance.now() - began, cpuOf(process.pid) - cpu];
    const alone = await median(samples, ROUNDS, (sample) => judgeOne(judge, sample));
    return {
      protections,
      verdictsPerSecond: round((1000 * count) / wallMs),
      verdictsPerSecondPerCore: round((1000 * count) / wallMs / cores),
      verdictsPerCpuSecond: round((1000 * count) / cpuMs),
      medianMs: round(alone),
    };
  } finally {
    await judge.close();
  }
}

async function judgeOne(judge: Judge, { file, sha256 }: Sample): Promise<void> {
  const { conclusion, sentence } = await judge.judge({ path: file }, { at, sha256 });
  if (conclusion !== 'valid') throw new Error(`the file was found ${conclusion}: ${sentence}`);
}

async function inFlight(width: number, count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Milliseconds of the middle one, after warming up. */
async function median(samples: Sample[], rounds: number, act: (sample: Sample) => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = -WARMING; i < rounds * samples.length; i++) {
    const sample = samples[(i + WARMING) % samples.length]!;
    const began = performance.now();
    await act(sample);
    if (i >= 0) times.push(performance.now() - began);
  }
  return middleOf(times);
}

function middleOf(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Poppler's validator as a process of its own each time; null where it is not installed. */
async function pdfsig(samples: Sample[]): Promise<number | null> {
  const store = join(folder, 'nss');
  return timeProcess('pdfsig', samples, ({ file }) => ['-nssdir', store, '-nocert', file]);
}

/** Signature and chain over the covered bytes, cut out beforehand: it reads no PDF. */
async function opensslCms(samples: Sample[]): Promise<number | null> {
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, pem(root.certificate));
  const [sample] = samples;
  const [covered, cms] = cutOut(sample!.pdf);
  await writeFile(`${sample!.file}.covered`, covered);
  await writeFile(`${sample!.file}.cms`, cms);
  return timeProcess('openssl', [sample!], ({ file }) => [
    ...['cms', '-verify', '-binary', '-inform', 'DER', '-in', `${file}.cms`],
    ...['-content', `${file}.covered`, '-CAfile', ca, '-purpose', 'any', '-out', '/dev/null'],
  ]);
}

async function timeProcess(
  command: string,
  samples: Sample[],
  argumentsFor: (sample: Sample) => string[],
): Promise<number | null> {
  if (spawnSync(command, ['--help']).error !== undefined) return null;
  const times: number[] = [];
  for (let i = -3; i < PEER_RUNS; i++) {
    const began = performance.now();
    execFileSync(command, argumentsFor(samples[Math.abs(i) % samples.length]!), { stdio: 'ignore' });
    if (i >= 0) times.push(performance.now() - began);
  }
  return round(middleOf(times));
}

function cutOut(pdf: Buffer): [covered: Buffer, cms: Buffer] {
  const text = pdf.toString('latin1');
  const [, ...found] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/.exec(text)!;
  const [first, length, second, rest] = found.map(Number) as [number, number, number, number];
  const covered = Buffer.concat([pdf.subarray(first, first + length), pdf.subarray(second, second + rest)]);
  return [covered, Buffer.from(text.slice(first + length + 1, second - 1), 'hex')];
}

function pem(der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?!$)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
