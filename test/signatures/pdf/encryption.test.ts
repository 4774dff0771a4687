import { PDFiumLibrary } from '@hyzyla/pdfium';
import { describe, expect, it } from 'vitest';
import { signPdf } from '../../../scripts/province/pdf-signing.ts';
import { decision, PAGE } from '../../support/pdf-decision.ts';
import { type Cipher, encrypted, encryptionOf } from '../../support/pdf-encryption.ts';
import { allowedOf, faultsOf, pdfFacts } from '../../support/pdf-facts.ts';
import { type Bodies, revise, streamBody, writePdf } from '../../support/pdf-file.ts';
import { AGENCY, agency, LEADER, person } from '../province.ts';

const CIPHERS: Cipher[] = ['rc4-40', 'rc4-128', 'aes-128', 'aes-256-r5', 'aes-256-r6'];
const leader = person();
const office = agency();

/** A decision encrypted for these passwords, what encrypts further objects of it, and its trailer's entries. */
function sealedDecision(cipher: Cipher, user: string, owner = 'owner') {
  const encryption = encryptionOf(cipher, user, owner);
  const trailer = `/Encrypt ${encryption.dict}`;
  const plain = writePdf(encrypted(decision(), encryption), 'table', trailer);
  return {
    plain,
    trailer: `/Root 1 0 R /ID [<00><00>] ${trailer}`,
    seal: (bodies: Bodies) => encrypted(bodies, encryption),
    encryptString: encryption.encrypt,
  };
}

describe.each(CIPHERS)('a PDF encrypted with %s', (cipher) => {
  it('is read by pdfium as well: the factory writes what the standard says', async () => {
    const library = await PDFiumLibrary.init();
    const document = await library.loadDocument(sealedDecision(cipher, 'secret').plain, 'secret');
    expect(document.getPageCount()).toBe(2);
    expect(document.getPage(0).getText()).toContain('Pay 1,000,000');
    document.destroy();
    library.destroy();
  });

  it('without user password needs none', async () => {
    const { plain, encryptString } = sealedDecision(cipher, '');
    const { signatures, defects } = await pdfFacts(signPdf(plain, leader, { ...LEADER, encryptString }));
    expect(defects).toEqual([]);
    expect(signatures.map((one) => [one.name, one.intact, one.authentic])).toEqual([
      ['Lanh dao', true, true],
    ]);
  });

  it.each(['secret', 'owner'])(
    'opens with the password %s, and tells harmless changes from others',
    async (password) => {
      const { plain, encryptString, seal, trailer } = sealedDecision(cipher, 'secret');
      const signed = signPdf(plain, leader, { ...LEADER, encryptString });
      const both = signPdf(signed, office, { ...AGENCY, encryptString });
      const { signatures } = await pdfFacts(both, password);
      expect(signatures.map(({ name }) => name)).toEqual(['Lanh dao', 'Co quan']);
      expect(signatures.map(faultsOf)).toEqual([[], []]);
      expect(allowedOf(signatures[0]!)).toEqual(['NEW_SIGNATURE']);
      const same = revise(signed, seal({ 4: decision()[4]!, 7: decision()[7]! }), { trailer });
      expect((await pdfFacts(same, password)).signatures.map(faultsOf)).toEqual([[]]);
      const other = revise(signed, seal({ 4: streamBody('BT (other) Tj ET') }), { trailer });
      expect((await pdfFacts(other, password)).signatures.map(faultsOf)).toEqual([['PAGE_CONTENT']]);
    },
  );

  it.each([null, 'wrong'])('stays closed to the password %s, and says so', async (password) => {
    const { plain, encryptString } = sealedDecision(cipher, 'secret');
    const { signatures, defects } = await pdfFacts(
      signPdf(plain, leader, { ...LEADER, encryptString }),
      password,
    );
    expect(defects.map(({ code }) => code)).toEqual(['ENCRYPTED']);
    expect(signatures.map((one) => [one.intact, one.authentic])).toEqual([[true, true]]);
    expect(signatures.map(faultsOf)).toEqual([['ENCRYPTED']]);
  });
});

describe('what is encrypted', () => {
  it('is suspect when something follows the signature: nobody can say what', async () => {
    const { plain, encryptString, trailer, seal } = sealedDecision('aes-128', 'secret');
    const signed = signPdf(plain, leader, { ...LEADER, encryptString });
    const later = revise(signed, seal({ 3: `<<${PAGE} /Annots []>>` }), { trailer });
    expect(faultsOf((await pdfFacts(later)).signatures[0]!)).toContain('ENCRYPTION');
  });

  it('an encryption dictionary that says something else later is a change, though it opens', async () => {
    const { plain, encryptString, trailer } = sealedDecision('aes-128', '');
    const signed = signPdf(plain, leader, { ...LEADER, encryptString });
    const later = revise(signed, {}, { trailer: trailer.replace('/V 4', '/V 4 /EncryptMetadata true') });
    expect((await pdfFacts(later)).signatures.map(faultsOf)).toEqual([['ENCRYPTION']]);
  });

  it('the certificates of adbe.x509.rsa_sha1 are encrypted, its /Contents is not', async () => {
    const { plain, encryptString } = sealedDecision('aes-256-r6', 'secret');
    const signed = signPdf(plain, leader, { ...LEADER, encryptString, subFilter: 'adbe.x509.rsa_sha1' });
    const { signatures } = await pdfFacts(signed, 'secret');
    expect(signatures.map((one) => [one.intact, one.authentic])).toEqual([[true, true]]);
  });
});
