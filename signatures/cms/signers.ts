/** All signers of one SignedData with their counter-signatures, each as a signature of its own. */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { type ComputedFacts, nothingComputed, type SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import { attributeValues, CMS_OID, type CmsSigner, readSigner, type SignedData } from './cms.ts';
import { cmsSignatureFacts, counterSignatureFacts } from './signature.ts';
import type { SignedContent } from './signer.ts';

/** Most counter-signatures computed in one SignedData, and how deep they may countersign each other. */
const MAX_COUNTERS = 32;
const MAX_COUNTER_DEPTH = 4;

/** What a signer is over, told for each: a detached signature may turn out to have been given only its digest. */
export type ContentFor = (signer: CmsSigner) => SignedContent | null;

interface Named {
  name: string;
  format: string;
}

async function guarded(facts: () => Promise<ComputedFacts>): Promise<ComputedFacts> {
  try {
    return await facts();
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    return nothingComputed([formatFailure(`the signer cannot be read: ${error.message}`)]);
  }
}

function signatureFacts({ name, format }: Named, facts: ComputedFacts): SignatureFacts {
  const coverage = { byteRange: null, wholeFile: true, bytesAfter: 0, notCovered: [] };
  return { name, kind: 'signature', format, coverage, extent: 0, changes: [], ...facts };
}

/** A signature of which nothing can be read: false by format. */
export function unreadableSignature(named: Named, reason: string): SignatureFacts {
  return signatureFacts(named, nothingComputed([formatFailure(reason)]));
}

function formatOf(signer: CmsSigner): string {
  const references = [CMS_OID.signingCertificate, CMS_OID.signingCertificateV2];
  return signer.signedAttributes.some(({ type }) => references.includes(type as never)) ? 'CAdES' : 'CMS';
}

/** Counter-signatures of one signer, and those of them: over the signature value, so over all that it is over. */
async function countersOf(
  cms: SignedData,
  parent: CmsSigner,
  parentName: string,
  budget: { left: number; pool: Certificate[] },
  depth = 0,
): Promise<SignatureFacts[]> {
  const values = attributeValues(parent.unsignedAttributes, CMS_OID.counterSignature);
  const found: SignatureFacts[] = [];
  for (const [index, value] of values.entries()) {
    if (budget.left === 0 || depth === MAX_COUNTER_DEPTH) break;
    budget.left -= 1;
    const name = `${parentName}/counter-${index + 1}`;
    let counter: CmsSigner | null = null;
    const facts = await guarded(async () => {
      counter = readSigner(value);
      return counterSignatureFacts(cms, counter, parent, budget.pool);
    });
    found.push(signatureFacts({ name, format: counter === null ? 'CMS' : formatOf(counter) }, facts));
    if (counter !== null) found.push(...(await countersOf(cms, counter, name, budget, depth + 1)));
  }
  return found;
}

/**
 * Every signer over what `content` says it is over, named by its place (`prefix` + 1, 2, …; counter-signatures
 * `1/counter-1`). `format` absent = told from the attributes (CMS or CAdES).
 */
export async function signersOf(
  cms: SignedData,
  content: ContentFor,
  options: { pool: Certificate[]; prefix?: string; format?: string },
): Promise<SignatureFacts[]> {
  const { pool, prefix = '', format } = options;
  const budget = { left: MAX_COUNTERS, pool };
  const found: SignatureFacts[] = [];
  for (const [index, signer] of cms.signers.entries()) {
    const name = `${prefix}${index + 1}`;
    const facts = await guarded(() => cmsSignatureFacts(cms, signer, content(signer), pool));
    found.push(signatureFacts({ name, format: format ?? formatOf(signer) }, facts));
    found.push(...(await countersOf(cms, signer, name, budget)));
  }
  return found;
}
