/** What the signature checker takes, from the configuration's certificate files and its trust folder. */
import { readCertificates } from './trust.ts';
import { type ConfirmedAnchor, readTrustStore } from './trust-store.ts';
import type { AnchorFile } from './types.ts';

/** Anchors with what they may vouch for, intermediates to build chains with. */
interface TrustFiles {
  anchors: { der: Uint8Array; group: string; until: string | null; timestamps: boolean }[];
  /** Confirmed by fingerprint, whether or not the certificate is at hand. */
  confirmed: Pick<ConfirmedAnchor, 'sha256' | 'group' | 'until' | 'timestamps'>[];
  intermediates: Uint8Array[];
}

/**
 * Reads all files of `config.signatures`; certificates of the trust folder help to build chains, and are believed when the
 * folder's list names them. Throws `TRUST_INVALID` naming the file and what would be right.
 */
export function loadTrust(from: {
  anchors: AnchorFile[];
  intermediates: string[];
  store?: string;
}): TrustFiles {
  const store = from.store === undefined ? { anchors: [], certificates: [] } : readTrustStore(from.store);
  return {
    anchors: from.anchors.flatMap(({ file, group, until = null, timestamps = true }) =>
      readCertificates(file).map(({ der }) => ({ der, group, until, timestamps })),
    ),
    confirmed: store.anchors.map(({ sha256, group, until, timestamps }) => ({
      sha256,
      group,
      until,
      timestamps,
    })),
    intermediates: [
      ...from.intermediates.flatMap((file) => readCertificates(file).map(({ der }) => der)),
      ...store.certificates.map(({ der }) => der),
    ],
  };
}
