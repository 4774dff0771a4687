/** How the state of one copy to one recipient moves (ISS-10). Pure. */
import type { TransmissionState } from '../handlers/types.ts';

/** Towards certainty that it arrived. */
const WAY: TransmissionState[] = [
  'fenced',
  'due',
  'sending',
  'uncertain',
  'accepted',
  'delivered',
  'acknowledged',
];

/** What a person who has looked into it may set, also backwards (`due` = send it again). */
const BY_PERSON: TransmissionState[] = ['due', 'accepted', 'delivered', 'acknowledged', 'returned', 'failed'];

/** The recipient's own word that the letter is there. */
const OWN_WORD = ['T1', 'person'];

export interface News {
  to: TransmissionState;
  /** `dsn`, `mdn`, `T1`, `T2`, `T3`, `person`, `smtp`. */
  evidence: string;
}

/**
 * State after late or contradictory news. States only move forward; nothing undoes `acknowledged` but a return by the
 * recipient's people; a failure stands until the recipient itself says otherwise.
 */
export function advance(current: TransmissionState, news: News): TransmissionState {
  if (news.evidence === 'person' && current !== 'acknowledged' && BY_PERSON.includes(news.to)) return news.to;
  if (news.to === 'acknowledged' || news.to === 'returned') return news.to;
  if (current === 'acknowledged' || current === 'returned') return current;
  if (news.to === 'failed') return 'failed';
  if (current === 'failed')
    return news.to === 'delivered' && OWN_WORD.includes(news.evidence) ? 'delivered' : 'failed';
  return WAY.indexOf(news.to) > WAY.indexOf(current) ? news.to : current;
}
