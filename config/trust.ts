/** Certificates that the administrator trusts, read from PEM or DER files and named by SHA-256 (never by a name inside). */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CongvanError } from './error.ts';

/** One certificate out of a file of the configuration. */
export interface TrustedCertificate {
  file: string;
  der: Uint8Array;
  /** SHA-256 of the DER, upper-case hex. */
  fingerprint: string;
  subject: string;
  /** Instants, ISO 8601 UTC. */
  notBefore: string;
  notAfter: string;
  selfSigned: boolean;
  /** Official name, when the fingerprint is one that is known; null otherwise. */
  known: { name: string; group: string } | null;
}

/**
 * Roots met in signed public documents. Congvan ships no certificates: the administrator obtains the file from the
 * issuer, compares the fingerprint and confirms it by naming the file in the configuration.
 */
export const KNOWN_ANCHORS: Readonly<Record<string, { name: string; group: string }>> = {
  F7BC89054CEC7F12730D7B8CD3EB7955B163835087E5EB873EDFB584763B3F90: {
    name: 'Cơ quan chứng thực số chuyên dùng Chính phủ (RootCA), 2010–2030',
    group: 'BAN_CO_YEU',
  },
  F04BA4B459A7C9A1B971AD9B1CB833E695A80C79AEA63B174B66A70EDFE2FDB8: {
    name: 'RootCA chuyên dùng Chính phủ G2, 2018–2048',
    group: 'BAN_CO_YEU',
  },
  CA918D635BB130BEC97639E6AABF7EDBC4EB1310F8058B9419F467AE0230AD8C: {
    name: 'MIC National Root CA, 2008–2040',
    group: 'PUBLIC',
  },
  BAC8BF609AB420A8EE1780D74F4DE5C7F7184959D2A7375B0A75E4C29F0908E7: {
    name: 'Vietnam National Root CA, 2014–2039',
    group: 'PUBLIC',
  },
};

/** What a certificate file may weigh; bundles of a whole country stay far below. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Every certificate of a PEM bundle, or the one of a DER file. */
export function readCertificates(file: string): TrustedCertificate[] {
  const bytes = readTrustFile(file);
  const text = bytes.toString('latin1');
  if (text.includes('-----BEGIN') && text.includes('PRIVATE KEY-----')) {
    throw invalid(
      file,
      'holds a private key; an anchor is a certificate only, and a private key never belongs here',
    );
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (blocks === null && text.includes('-----BEGIN')) {
    throw invalid(
      file,
      'holds no certificate; wanted is a PEM block BEGIN CERTIFICATE, or a DER file (.cer, .crt)',
    );
  }
  return (blocks ?? [bytes]).map((block, index) => readOne(file, block, index));
}

function readOne(file: string, block: string | Buffer, index: number): TrustedCertificate {
  try {
    const certificate = new X509Certificate(block);
    const fingerprint = certificate.fingerprint256.replaceAll(':', '');
    return {
      file,
      der: new Uint8Array(certificate.raw),
      fingerprint,
      subject: certificate.subject.replaceAll('\n', ', '),
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
      selfSigned: certificate.subject === certificate.issuer,
      known: KNOWN_ANCHORS[fingerprint] ?? null,
    };
  } catch (cause) {
    throw invalid(
      file,
      `certificate ${index + 1} cannot be read; wanted is PEM or DER of an X.509 certificate`,
      cause,
    );
  }
}

function readTrustFile(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw invalid(file, `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, cause);
  }
  if (bytes.length === 0 || bytes.length > MAX_FILE_BYTES)
    throw invalid(file, 'is empty or larger than 4 MB');
  return bytes;
}

function invalid(file: string, why: string, cause?: unknown): CongvanError {
  return new CongvanError('TRUST_INVALID', `The certificate file ${file} ${why}.`, {
    temporary: false,
    cause,
    fields: { file },
  });
}
