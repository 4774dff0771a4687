/** What one Office file may cost (its bytes come from outside). Each is far above what official documents have. */
export const LIMITS = {
  /** Bytes of the file. */
  fileBytes: 64 * 1024 * 1024,
  /** Bytes of one part after inflating; a decision of 300 pages has about 12 MB. */
  partBytes: 48 * 1024 * 1024,
  /** Bytes of all parts read. */
  inflatedBytes: 96 * 1024 * 1024,
  /** Entries of an archive. */
  entries: 10_000,
  /** Elements kept of one XML part; the rest is left. */
  elements: 400_000,
  /** Elements within each other. */
  depth: 200,
  /** Characters of text kept of one file. */
  characters: 2_000_000,
  /** Milliseconds for one file; looked at between steps, so the caller still needs a kill. */
  milliseconds: 15_000,
} as const;

/** Why a file cannot be read on. Caught in read-office.ts and turned into a defect: nothing is thrown out of this folder. */
export class OfficeRefusal extends Error {
  readonly code: string;

  /** `detail` in Vietnamese. */
  constructor(code: string, detail: string) {
    super(detail);
    this.name = 'OfficeRefusal';
    this.code = code;
  }
}

export interface Deadline {
  /** Throws `OfficeRefusal` OFFICE_SLOW when the time is over. */
  check(): void;
}

export function deadlineIn(milliseconds: number = LIMITS.milliseconds): Deadline {
  const end = performance.now() + milliseconds;
  return {
    check: () => {
      if (performance.now() > end) throw new OfficeRefusal('OFFICE_SLOW', 'đọc tệp quá lâu');
    },
  };
}
