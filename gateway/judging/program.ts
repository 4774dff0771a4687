/** What runs in the sandbox: the only place of the running product where signatures are judged. */
import { createHash } from 'node:crypto';
import type { TrustMaterial, VerifyOptions } from '../../signatures/types.ts';
import { verifyFile, verifyWithOwnRoots } from '../../signatures/verify.ts';
import { serve } from './serve.ts';
import type { JudgeOptions } from './task.ts';

await serve(async (bytes, { ownRoots = false, fetched, pictures = false, sha256, ...asked }, setup) => {
  const options: VerifyOptions = {
    ...setup.rules,
    ...asked,
    sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
    trust: fetched === undefined ? setup.trust : withFetched(setup.trust, fetched),
  };
  const report = await (ownRoots ? verifyWithOwnRoots : verifyFile)(bytes, options);
  return pictures ? { ...report, pictures: report.format === 'pdf' && (await isPicture(bytes)) } : report;
});

/** Loaded when it is asked for: the service never asks, it reads its documents elsewhere. */
async function isPicture(bytes: Uint8Array): Promise<boolean> {
  const { isImageOnly } = await import('../../documents/cheap-text.ts');
  return isImageOnly(bytes);
}

function withFetched(trust: TrustMaterial, fetched: NonNullable<JudgeOptions['fetched']>): TrustMaterial {
  return {
    ...trust,
    intermediates: [...trust.intermediates, ...(fetched.intermediates ?? [])],
    crls: [...(trust.crls ?? []), ...(fetched.crls ?? [])],
    ocsps: [...(trust.ocsps ?? []), ...(fetched.ocsps ?? [])],
  };
}
