/** What becomes of the text that was read: in the index after the decision, and never of a secret. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexed } from '../../gateway/indexing.ts';
import { live } from '../../gateway/pipeline.ts';
import { openRig, ordinaryInspect, ordinaryRead, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const turn = { mine: async () => undefined, done: () => undefined };

async function lived(subject: string): Promise<string> {
  const { id } = await rig.keep(subject);
  await live((await rig.service.storage.messages.get(id))!, turn, rig.service);
  await indexed(rig.service.storage);
  return id;
}

const reads = (text: string, more: Partial<ReturnType<typeof ordinaryInspect>> = {}) => {
  const path = ordinaryRead('x').mail.parts[0]!.path;
  rig.reading.inspect = () => ({ ...ordinaryInspect(), texts: [{ path, page: 2, text }], ...more });
};
const find = async (query: string) => (await rig.service.storage.search.find(query)).hits;

describe('indexing', () => {
  it('a registered letter is found by its pages, its subject and its fields', async () => {
    reads('Cải tạo đường liên thôn');
    const id = await lived('Hoa Sen');
    expect(await find('duong lien thon')).toMatchObject([{ messageId: id, entryId: 'e-000001', page: 2 }]);
    expect(await find('hoa sen')).toMatchObject([{ messageId: id, part: 'letter' }]);
    const [entry] = await rig.service.storage.register.list({});
    expect((await find(`"${entry!.fields['soKyHieu']}"`)).map((hit) => hit.entryId)).toEqual(['e-000001']);
  });

  it('a reading without texts still gives subject and fields', async () => {
    const id = await lived('Hoa Sen');
    expect(await find('hoa sen')).toMatchObject([{ messageId: id }]);
  });

  it('a failing index leaves the letter registered, and says so in the log', async () => {
    rig.service.storage.search.index = () => Promise.reject(new Error('index away'));
    const id = await lived('Hoa Sen');
    expect((await rig.service.storage.messages.get(id))?.state).toBe('registered');
    expect(rig.log.join('')).toContain('index away');
  });

  it('DOMAIN 8.2: nothing of a letter with a secrecy mark, found early, late, or on a later page', async () => {
    reads('Nội dung Hoa Đào', { secrecy: [{ level: 'MAT', where: 'text-layer', part: '2' }] });
    await lived('Hoa Sen');
    reads('UBND TỈNH MẪU\nTỐI MẬT\nNội dung Hoa Đào');
    await lived('Hoa Cúc');
    expect(await find('hoa đào')).toEqual([]);
    expect(await find('hoa sen')).toEqual([]);
    expect(await find('hoa cúc')).toEqual([]);
  });
});
