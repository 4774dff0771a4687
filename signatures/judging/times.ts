/** The best proven time of a signature (SIG-04; EN 319 102-1 5.5.4): its time stamps judged, archive stamps first. */
import type { SignatureFacts, TimestampFacts } from '../facts.ts';
import { type Existence, provenEvidence } from './existence.ts';
import { type JudgedStamp, type JudgingContext, judgeStamp } from './stamp.ts';

export interface SignatureTimes {
  /** The earliest instant at which the signature with all its attributes is proven (entry, document or archive stamp). */
  provenAt: string;
  /** Time of the earliest verified stamp over the signature value; null = none. */
  timestampTime: string | null;
  /** The best of both: the instant at which the signature is judged. */
  judgedAt: string;
  timeSource: 'timestamp' | 'entry';
  /** Time of the latest verified content stamp: the signature was made after it. */
  madeAfter: string | null;
  stamps: JudgedStamp[];
}

function newestFirst(stamps: TimestampFacts[]): TimestampFacts[] {
  return [...stamps].sort((a, b) => ((b.genTime ?? '') < (a.genTime ?? '') ? -1 : 1));
}

function provenTimes(stamps: JudgedStamp[], over: TimestampFacts['over']): string[] {
  return stamps
    .filter((one) => one.proves && one.facts.over === over)
    .map((one) => one.facts.genTime!)
    .sort();
}

/** Every stamp of one signature; an archive stamp that holds proves all older stamps and answers at its own time. */
export function judgeTimes(
  facts: SignatureFacts,
  existence: Existence,
  context: JudgingContext,
): SignatureTimes {
  const entry = existence.provenAt(null);
  let provenAt = existence.provenAt(facts.extent > 0 ? facts.extent : null);
  const judged = (stamp: TimestampFacts, at: string): JudgedStamp =>
    judgeStamp(stamp, at, provenEvidence([...stamp.evidence, ...facts.evidence], existence, at), context);
  const stamps: JudgedStamp[] = [];
  for (const stamp of newestFirst(facts.timestamps.filter((one) => one.over === 'archive'))) {
    const one = judged(stamp, provenAt);
    stamps.push(one);
    if (one.proves && one.facts.genTime! < provenAt) provenAt = one.facts.genTime!;
  }
  for (const stamp of facts.timestamps.filter((one) => one.over !== 'archive' && one.over !== 'document'))
    stamps.push(judged(stamp, provenAt));
  const timestampTime = provenTimes(stamps, 'signature')[0] ?? null;
  const best = timestampTime !== null && timestampTime < provenAt ? timestampTime : provenAt;
  return {
    provenAt,
    timestampTime,
    judgedAt: best,
    timeSource: best === entry ? 'entry' : 'timestamp',
    madeAfter: provenTimes(stamps, 'content').at(-1) ?? null,
    stamps,
  };
}
