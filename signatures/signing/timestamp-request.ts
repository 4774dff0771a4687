import { CongvanError } from '../../config/error.ts';
import { digestName, readAlgorithm } from '../algorithms.ts';
import { CMS_OID, readSignedData } from '../cms/cms.ts';
import { elements, integerHex, isUniversal, octets, readDer, smallInteger, TAG, whole } from '../der.ts';
import { booleanTrue, integer, octetString, sequence } from '../der-write.ts';
import { digestAlgorithm } from './scheme.ts';

/** TimeStampReq (RFC 3161 2.4.1) over a SHA-256 imprint; the server's certificate is asked for. */
export function timestampRequest(imprint: Uint8Array, nonce: Uint8Array): Buffer {
  const messageImprint = sequence(digestAlgorithm('sha256'), octetString(imprint));
  return sequence(integer(1), messageImprint, integer(nonce), booleanTrue());
}

function refuse(detail: string): never {
  throw new CongvanError('TSA_ANSWER', `Máy chủ cấp dấu thời gian trả lời không đúng: ${detail}.`, {
    fields: { detail },
  });
}

/** PKIStatus (RFC 3161 2.4.2): only these two come with a token. */
const GRANTED = new Set([0, 1]);

/**
 * The token out of a TimeStampResp, once it is seen to be the answer to our question: granted, our imprint, our nonce.
 * Its signature is judged where all signatures are. Errors: TSA_ANSWER, temporary.
 */
export function readTimestampResponse(
  response: Uint8Array,
  imprint: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  try {
    const [statusInfo, token] = elements(readDer(response));
    const status = smallInteger(elements(statusInfo)[0]);
    if (!GRANTED.has(status) || token === undefined) refuse(`từ chối (trạng thái ${status})`);
    const der = whole(token);
    checkToken(der, imprint, nonce);
    return der;
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'TSA_ANSWER') throw error;
    return refuse('không phải là câu trả lời theo RFC 3161');
  }
}

function checkToken(token: Uint8Array, imprint: Uint8Array, nonce: Uint8Array): void {
  const cms = readSignedData(token);
  if (cms.contentType !== CMS_OID.tstInfo || cms.content === null) refuse('không có dấu thời gian');
  const [, , messageImprint, , , ...optional] = elements(readDer(cms.content));
  const [algorithm, stamped] = elements(messageImprint);
  const same =
    digestName(readAlgorithm(algorithm).oid) === 'sha256' && Buffer.compare(octets(stamped!), imprint) === 0;
  if (!same) refuse('dấu thời gian không phải của chữ ký này');
  const answered = optional.find((part) => isUniversal(part, TAG.integer));
  const asked = integerHex(readDer(integer(nonce)));
  if (answered === undefined || integerHex(answered) !== asked) refuse('sai số nonce');
}
