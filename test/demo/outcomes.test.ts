import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegulation } from '../../config/regulations.ts';
import type { RegulationId } from '../../config/types.ts';
import type { House } from '../../gateway/house.ts';
import { decideArrival } from '../../handlers/arrival.ts';
import { arrivalQuery } from '../../handlers/evidence.ts';
import { registrationQuery } from '../../handlers/official-document.ts';
import { decideRegistration } from '../../handlers/registration.ts';
import type { RegistrationFacts } from '../../handlers/types.ts';
import { expectedOf, LETTER_NAMES } from '../../scripts/demo/expected.ts';
import { playDemo } from '../../scripts/demo/main.ts';
import { outcomesPage, REGULATIONS } from '../../scripts/demo/outcomes-page.ts';
import { openStorage } from '../../storage/index.ts';

let played: Awaited<ReturnType<typeof playDemo>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-outcomes-'));
  played = await playDemo(folder, 'ND30-2020');
}, 180_000);

afterAll(async () => {
  await played?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the demo, end to end, under ND30-2020', () => {
  it('every letter comes out as expected', () => {
    const wrong = played.result.letters.filter((l) => !l.ok);
    expect(wrong).toEqual([]);
    expect(played.result.letters.length).toBeGreaterThanOrEqual(21);
  });

  it('every copy that was issued has the fate it must have', () => {
    expect(played.result.transmissions.map((t) => t.state)).toEqual(
      played.result.transmissions.map((t) => t.expected),
    );
    expect(played.result.transmissions).toHaveLength(3);
  });

  it('numbers run without a gap and the journal verifies', async () => {
    const numbers = played.result.letters
      .filter((l) => l.name !== 'gui-lai-y-nguyen')
      .flatMap((l) => l.soDen);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(await played.house.storage.journal.verify()).toMatchObject({ ok: true });
  });

  it('DOMAIN 8.2: of the frozen letter nothing is kept but its bytes, and nothing went out', async () => {
    const frozen = played.result.letters.find((l) => l.name === 'mat')!;
    const facts = JSON.stringify(await played.house.storage.messages.facts(frozen.id!, 'arrival'));
    expect(facts).not.toMatch(/diễn tập|ke-hoach/);
    expect((await played.house.storage.messages.get(frozen.id!))?.subject ?? null).toBeNull();
    expect(await played.house.storage.outbox.list({ aboutMessage: frozen.id! })).toEqual([]);
  });
});

describe('docs/outcomes.md', () => {
  it('says what the table says', async () => {
    expect(await readFile(join(import.meta.dirname, '../../docs/outcomes.md'), 'utf8')).toBe(outcomesPage());
  });

  for (const regulation of REGULATIONS) {
    it(`holds for every letter under ${regulation}`, async () => {
      const got = await decideAll(played.house, regulation);
      for (const name of LETTER_NAMES.filter((n) => got.has(n))) {
        const expected = expectedOf(name, regulation);
        expect({ name, ...got.get(name)! }).toEqual({
          name,
          state: expected.state,
          reasons: expect.arrayContaining(expected.reasons),
          answers: expected.answers,
        });
      }
      expect(got.size).toBeGreaterThanOrEqual(16);
    }, 60_000);
  }
});

/** The same facts, decided and recorded anew under another regulation, letter after letter, on a register of its own. */
async function decideAll(house: House, regulation: RegulationId) {
  const place = await mkdtemp(join(tmpdir(), 'congvan-decide-'));
  const storage = await openStorage({
    dataDir: place,
    database: { kind: 'sqlite', file: join(place, 'congvan.sqlite') },
    clock: () => new Date(),
    mailDomain: 'mau.example.gov.vn',
  });
  const rules = { ...house.rules, regulation: loadRegulation(regulation) };
  const got = new Map<string, { state: string; reasons: string[]; answers: string[] }>();
  try {
    for (const letter of played.result.letters) {
      if (letter.name === 'gui-lai-y-nguyen') continue;
      const arrival = (await house.storage.messages.facts(letter.id!, 'arrival')) as RegistrationFacts | null;
      const registration = (await house.storage.messages.facts(
        letter.id!,
        'registration',
      )) as RegistrationFacts | null;
      if (!arrival?.mail || !registration) continue;
      const { id: _id, keptAt: _keptAt, ...raw } = arrival.raw;
      await storage.bytes.keep(createReadStream(house.storage.bytes.pathOf(raw.sha256)));
      const { row } = await storage.messages.keep(raw);
      const facts: RegistrationFacts = { ...registration, ...arrival, raw: row };
      await storage.messages.saveFacts(row.id, 'arrival', { ...arrival, raw: row });
      const sends = [
        ...(await storage.transact(arrivalQuery(facts), (s) => decideArrival(facts, rules, s))).sends,
        ...(
          await storage.transact(registrationQuery(facts, rules), (s) => decideRegistration(facts, rules, s))
        ).sends,
      ];
      const holds = (await storage.holds.list({})).filter((h) => h.messageId === row.id);
      got.set(letter.name, {
        state: (await storage.messages.get(row.id))!.state,
        reasons: holds.flatMap((h) => h.reasons.map((r) => r.code)),
        answers: sends.map((s) => s.kind).sort(),
      });
    }
    return got;
  } finally {
    await storage.close();
    await rm(place, { recursive: true, force: true });
  }
}
