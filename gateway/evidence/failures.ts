/** Why a piece of evidence was not had, each with what the administrator can do (docs/operations.md). */
import { CongvanError } from '../../config/error.ts';
import type { EvidenceRequest } from '../../signatures/types.ts';

/** Nothing is asked of a host that the configuration does not list. `hint` says which key would allow it. */
export function notAllowed(url: URL, hint: string): CongvanError {
  return new CongvanError('EVIDENCE_NOT_ALLOWED', `${url.host} is not asked: ${hint}`, {
    temporary: false,
    fields: { host: url.hostname },
  });
}

export function unreachable(url: URL, cause: unknown): CongvanError {
  const error = cause as NodeJS.ErrnoException | undefined;
  const words = error?.code ?? error?.message ?? String(cause);
  return new CongvanError('EVIDENCE_UNREACHABLE', `${url.host} cannot be reached: ${words}`, {
    cause,
    fields: { host: url.hostname },
  });
}

export function timedOut(url: URL, what: string): CongvanError {
  return new CongvanError('EVIDENCE_TIMEOUT', `${url.host} gave ${what}`, { fields: { host: url.hostname } });
}

export function tooLarge(url: URL, maxBytes: number): CongvanError {
  return new CongvanError('EVIDENCE_TOO_LARGE', `${url.host} sends more than ${maxBytes} bytes`, {
    fields: { host: url.hostname, maxBytes },
  });
}

export function badStatus(url: URL, status: number): CongvanError {
  return new CongvanError('EVIDENCE_STATUS', `${url.host} answers HTTP ${status}`, {
    fields: { host: url.hostname, status },
  });
}

/** What came is not what was asked for, or the responder says that it will not answer. */
export function unusable(request: EvidenceRequest, why: string): CongvanError {
  return new CongvanError('EVIDENCE_UNUSABLE', `${request.url}: ${why}`, { fields: { kind: request.kind } });
}

export function tooMany(max: number): CongvanError {
  return new CongvanError('EVIDENCE_TOO_MANY', `one letter asks for more than ${max} answers`, {
    temporary: false,
    fields: { max },
  });
}
