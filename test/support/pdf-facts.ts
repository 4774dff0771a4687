import type { FileFacts, SignatureFacts } from '../../signatures/facts.ts';
import { readPdf } from '../../signatures/pdf/read.ts';
import { memorySource } from '../../signatures/pdf/source.ts';
import { FAILING } from '../../signatures/reasons.ts';

export function pdfFacts(pdf: Uint8Array, password: string | null = null): Promise<FileFacts> {
  return readPdf(memorySource(pdf), { pool: [], password });
}

/** Codes of the reasons and kinds of the changes that are not allowed, `!` behind those that break the signature. */
export function faultsOf(signature: SignatureFacts): string[] {
  const changes = signature.changes.filter((change) => !change.allowed);
  const kinds = changes.map(({ kind, breaks }) => `${kind}${breaks === true ? '!' : ''}`);
  return [...new Set([...signature.reasons.map(({ code }) => code), ...kinds])];
}

/** Kinds of the changes that are told and allowed. */
export function allowedOf(signature: SignatureFacts): string[] {
  return [...new Set(signature.changes.filter((change) => change.allowed).map(({ kind }) => kind))];
}

/** Whether the mathematics or the structure makes it false. */
export function isFalse(signature: SignatureFacts): boolean {
  const { intact, authentic, reasons, changes } = signature;
  return (
    intact === false ||
    authentic === false ||
    reasons.some(({ code }) => FAILING.has(code)) ||
    changes.some(({ breaks }) => breaks === true)
  );
}
