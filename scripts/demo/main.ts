/** `congvan demo`: the main job, end to end, with nothing else installed; prints what became of each letter. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.ts';
import { REGULATION_IDS } from '../../config/schema.ts';
import type { RegulationId } from '../../config/types.ts';
import { startApp } from '../../gateway/app.ts';
import type { House } from '../../gateway/house.ts';
import { issueDocument } from '../../gateway/issue.ts';
import { openHouse, storageOptions } from '../../gateway/open.ts';
import { lockInstance } from '../../storage/index.ts';
import { freePort } from '../province/free-port.ts';
import { type Delivered, openMailSink } from '../province/mail-sink.ts';
import { post } from '../province/post.ts';
import { serviceConfig } from '../province/service-config.ts';
import { bounceOf, receiptOf } from './echoes.ts';
import { expectedOf } from './expected.ts';
import { type DemoLetter, demoLetters } from './letters.ts';
import { printDemo } from './print.ts';
import { openWorld } from './world.ts';

export interface LetterOutcome {
  id: string | null;
  name: string;
  title: string;
  kind: string | null;
  state: string | null;
  soDen: number[];
  verdict: string | null;
  reasons: string[];
  answers: string[];
  expected: { kind: string; state: string; reasons: string[]; answers: string[] };
  ok: boolean;
}

export interface TransmissionOutcome {
  id: string;
  recipient: string;
  state: string;
  expected: string;
}

export interface DemoResult {
  ok: boolean;
  dataDir: string;
  letters: LetterOutcome[];
  transmissions: TransmissionOutcome[];
}

const QUIET_MS = 120_000;

/** Exit code: 0 when everything came out as expected. Without `--once` it keeps running until it is told to stop. */
export async function runDemo(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      regulation: { type: 'string', default: 'ND30-2020' },
    },
  });
  const regulation = REGULATION_IDS.find((id) => id === values.regulation);
  if (regulation === undefined) {
    process.stderr.write(`congvan: --regulation phải là một trong: ${REGULATION_IDS.join(', ')}\n`);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'congvan-demo-'));
  const say = (text: string) => process.stderr.write(values.json ? '' : `${text}\n`);
  say(`Chuẩn bị tỉnh Mẫu trong ${folder} …`);
  const { result, house, stop } = await playDemo(folder, regulation, say);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else await printDemo(result, house);
  if (!values.once) {
    say('\nCổng đang chạy; nhấn Ctrl+C để dừng. (The gateway keeps running; press Ctrl+C to stop.)');
    await new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
  }
  await stop();
  return result.ok ? 0 : 1;
}

/** Plays the whole demo in `folder`; the gateway runs on until `stop`. */
export async function playDemo(
  folder: string,
  regulation: RegulationId,
  say: (text: string) => void = () => undefined,
) {
  const world = await openWorld(join(folder, 'tinh-mau'));
  const ports = { lmtp: await freePort(), smtp: await freePort() };
  let bounce: (mail: Delivered) => unknown = () => undefined;
  const sink = await openMailSink({ onDelivered: (mail) => bounce(mail) });
  const file = join(folder, 'congvan.yaml');
  await writeFile(
    file,
    serviceConfig({
      world,
      dataDir: join(folder, 'data'),
      lmtpPort: ports.lmtp,
      smtpPort: ports.smtp,
      outgoingPort: sink.port,
      regulation,
    }),
  );
  const config = loadConfig(file);
  const lock = await lockInstance(storageOptions(config));
  const house = await openHouse(config);
  const app = await startApp(house, { sending: true });
  const target = {
    smtp: { protocol: 'smtp', port: ports.smtp },
    lmtp: { protocol: 'lmtp', port: ports.lmtp },
  } as const;

  say('Phát hành một văn bản đến ba nơi nhận …');
  const [order] = await world.signedScans(1);
  const issued = await issueDocument(house, { ...order!, to: ['H99.01', 'H99.02', 'H99.04'], by: 'vanthu' });
  const echoes: DemoLetter[] = [];
  bounce = async (mail) => {
    if (mail.to === 'khong-co@bql.mau.example.gov.vn') echoes.push(bounceOf(mail));
    if (mail.to === world.addressOf('snv') && /^X-VBDT-Loai: vanban/im.test(mail.raw.toString('latin1'))) {
      echoes.push(await receiptOf(mail));
    }
  };
  app.service.outboxChanged();
  await sink.until(() => echoes.length === 2, 30_000);

  const letters = [...(await demoLetters(world)), ...echoes.sort((a, b) => b.name.localeCompare(a.name))];
  say(`Gửi ${letters.length} thư đến ${world.address} …`);
  for (const letter of letters) {
    await post(target[letter.channel], { from: letter.from, to: [letter.to] }, letter.raw);
    await quiet(house); // one after another, so that the numbers of the table are the same every time
  }
  const result: DemoResult = {
    ok: false,
    dataDir: folder,
    letters: await outcomes(house, letters, sink.delivered, regulation),
    transmissions: await transmissions(house, issued.entry.id),
  };
  result.ok = result.letters.every((l) => l.ok) && result.transmissions.every((t) => t.state === t.expected);
  return {
    result,
    house,
    folder,
    stop: async () => {
      await app.stop();
      await house.close();
      await lock.release();
      await sink.close();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Until nothing is to be read, decided or sent. */
async function quiet(house: House): Promise<void> {
  const end = performance.now() + QUIET_MS;
  while (performance.now() < end) {
    const states = await house.storage.messages.counts();
    const box = await house.storage.outbox.counts();
    const busy = [states['kept'], states['arrived'], states['waiting'], box['due'], box['sending']].some(
      (n) => (n ?? 0) > 0,
    );
    if (!busy) return;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

async function outcomes(
  house: House,
  letters: DemoLetter[],
  delivered: Delivered[],
  regulation: RegulationId,
): Promise<LetterOutcome[]> {
  const found: LetterOutcome[] = [];
  for (const letter of letters) {
    const row = (await house.storage.messages.list({ limit: 1000 })).find((m) => m.sha256 === letter.sha256);
    const holds = row
      ? (await house.storage.holds.list({ limit: 1000 })).filter((h) => h.messageId === row.id)
      : [];
    const entries = row ? await house.storage.register.ofMessage(row.id) : [];
    const sends = row ? await house.storage.outbox.list({ aboutMessage: row.id, limit: 20 }) : [];
    const expected = expectedOf(letter.name, regulation);
    const outcome = {
      id: row?.id ?? null,
      name: letter.name,
      title: letter.title,
      kind: row?.kind ?? null,
      state: row?.state ?? null,
      soDen: entries.map((e) => e.number),
      verdict: entries[0]?.signatureClass ?? holds[0]?.proposals[0]?.signatureClass ?? null,
      reasons: [...new Set(holds.flatMap((h) => h.reasons.map((r) => r.code)))],
      answers: sends
        .filter((s) => delivered.some((d) => d.raw.includes(s.messageIdHeader)))
        .map((s) => s.kind)
        .filter((k) => k !== 'T6')
        .sort(),
      expected,
    };
    found.push({ ...outcome, ok: fits(outcome) });
  }
  return found;
}

function fits(o: Omit<LetterOutcome, 'ok'>): boolean {
  return (
    o.kind === o.expected.kind &&
    o.state === o.expected.state &&
    o.expected.reasons.every((r) => o.reasons.includes(r)) &&
    o.expected.reasons.length > 0 === o.reasons.length > 0 &&
    o.answers.join() === o.expected.answers.join() &&
    o.soDen.length > 0 === (o.state === 'registered')
  );
}

/** What must have become of the three copies that were issued: registered by its recipient, taken, refused. */
const EXPECTED_COPIES: Record<string, string> = {
  'vanthu@snv.mau.example.gov.vn': 'acknowledged',
  'vanthu@mau.example.gov.vn': 'accepted',
  'khong-co@bql.mau.example.gov.vn': 'failed',
};

async function transmissions(house: House, entryId: string): Promise<TransmissionOutcome[]> {
  const rows = await house.storage.outbox.list({ entryId, kind: ['T8'] });
  return rows.map((t) => ({
    id: t.id,
    recipient: t.to,
    state: t.state,
    expected: EXPECTED_COPIES[t.to] ?? 'accepted',
  }));
}
