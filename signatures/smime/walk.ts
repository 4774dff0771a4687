/** What walking the parts of a message finds. */
import type { Certificate } from '../certificates/x509.ts';
import type { SignatureFacts } from '../facts.ts';
import type { SignatureReason } from '../types.ts';
import type { MimeEntity } from './mime.ts';

/** Where a part stands. */
export interface Place {
  /** `1.2` = second part of the first; `/content` and `/message` mark what is inside. Empty = the message itself. */
  path: string;
  /** The message whose header the reader sees above it. */
  message: MimeEntity;
  /** It lies in a message that this one only carries along. */
  forwarded: boolean;
  /** It lies inside what an outer signature covers. */
  covered: boolean;
  depth: number;
}

/** Signatures of one signed entity. */
export interface SignedEntity {
  place: Place;
  signatures: SignatureFacts[];
  /** Text around the parts of its multipart, which no reader shows. */
  hidden: string[];
}

/** A part that shows something. */
interface Leaf {
  path: string;
  type: string;
}

/** What walking the message has found. */
export interface Walk {
  pool: Certificate[];
  signed: SignedEntity[];
  leaves: Leaf[];
  defects: SignatureReason[];
  /** Places outside every signature where two readers may see two structures. */
  ambiguous: string[];
  parts: number;
  /** How often it was asked to look for what a relay changed. */
  searches: number;
}
