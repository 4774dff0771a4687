import type { TrustAnchor, TrustMaterial } from '../types.ts';
import { type Certificate, readCertificate } from './x509.ts';

/** A certificate that the administrator confirmed, and what for. */
export interface Anchor {
  certificate: Certificate;
  group: string;
  /** Not believed for anything judged after this instant, ISO 8601 UTC; null = no end. */
  until: string | null;
  /** Whether it vouches for time-stamp authorities too. */
  timestamps: boolean;
}

/** Trust material, parsed once for many files. */
export interface Trust {
  anchors: Anchor[];
  intermediates: Certificate[];
  /** Anchors and intermediates by the key of their subject, anchors first. */
  bySubject: Map<string, Certificate[]>;
}

/** Reads certificates that may be malformed; those that cannot be read are left out (they could only miss). */
export function readCertificates(ders: Uint8Array[]): Certificate[] {
  return ders.flatMap((der) => {
    try {
      return [readCertificate(der)];
    } catch {
      return [];
    }
  });
}

function bySubject(certificates: Certificate[]): Map<string, Certificate[]> {
  const index = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const same = index.get(certificate.subject.key);
    if (same === undefined) index.set(certificate.subject.key, [certificate]);
    else same.push(certificate);
  }
  return index;
}

/** Anchors out of these certificates, by the fingerprints that the administrator confirmed. */
export function confirmedAmong(material: TrustMaterial, certificates: Certificate[]): TrustAnchor[] {
  const confirmed = new Map((material.confirmed ?? []).map((one) => [one.sha256.toLowerCase(), one]));
  if (confirmed.size === 0) return [];
  return certificates.flatMap(({ der, fingerprint }) => {
    const found = confirmed.get(fingerprint);
    return found === undefined ? [] : [{ ...found, der }];
  });
}

const prepared = new WeakMap<TrustMaterial, Trust>();

/** The parsed form of the configured certificates; kept as long as the material itself lives. */
export function trustOf(material: TrustMaterial): Trust {
  const known = prepared.get(material);
  if (known !== undefined) return known;
  const intermediates = readCertificates(material.intermediates);
  const named = [...material.anchors, ...confirmedAmong(material, intermediates)];
  const anchors = named.flatMap(({ der, group, until, timestamps }) =>
    readCertificates([der]).map((certificate) => ({
      certificate,
      group,
      until: until ?? null,
      timestamps: timestamps !== false,
    })),
  );
  const all = [...anchors.map(({ certificate }) => certificate), ...intermediates];
  const trust: Trust = { anchors, intermediates, bySubject: bySubject(all) };
  prepared.set(material, trust);
  return trust;
}
