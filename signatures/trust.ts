import type { TrustMaterial } from './types.ts';
import { type Certificate, readCertificate } from './x509.ts';

/** Trust material, parsed once for many files. */
export interface Trust {
  anchors: { certificate: Certificate; group: string }[];
  /** Anchor group by SHA-256 fingerprint. */
  groupOf: Map<string, string>;
  intermediates: Certificate[];
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

const prepared = new WeakMap<TrustMaterial, Trust>();

/** The parsed form of the configured certificates; kept as long as the material itself lives. */
export function trustOf(material: TrustMaterial): Trust {
  const known = prepared.get(material);
  if (known !== undefined) return known;
  const anchors = material.anchors.flatMap(({ der, group }) =>
    readCertificates([der]).map((certificate) => ({ certificate, group })),
  );
  const trust: Trust = {
    anchors,
    groupOf: new Map(anchors.map(({ certificate, group }) => [certificate.fingerprint, group])),
    intermediates: readCertificates(material.intermediates),
  };
  prepared.set(material, trust);
  return trust;
}
