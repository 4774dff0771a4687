import { CongvanError } from '../../config/error.ts';
import type { PdfDocument } from './document.ts';
import { isStream } from './objects.ts';

/** Most certificates or lists taken from one security store. */
const MAX_ITEMS = 200;

function streamsOf(document: PdfDocument, key: 'Certs' | 'CRLs'): Uint8Array[] {
  const store = document.dict(document.catalog?.entries.get('DSS'));
  const items = document.resolve(store?.entries.get(key));
  if (!Array.isArray(items)) return [];
  return items.slice(0, MAX_ITEMS).flatMap((item) => {
    const stream = document.resolve(item);
    if (!isStream(stream)) return [];
    try {
      return [document.decode(stream)];
    } catch (error) {
      if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
      return [];
    }
  });
}

/** DER of the certificates in the document security store (ISO 32000-2 12.8.4.3). */
export function storedCertificates(document: PdfDocument): Uint8Array[] {
  return streamsOf(document, 'Certs');
}

/** DER of the revocation lists in the document security store. */
export function revocationListsOf(document: PdfDocument): Uint8Array[] {
  return streamsOf(document, 'CRLs');
}
