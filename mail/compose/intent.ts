/**
 * What a mail of ours is to say, as decided: values, not sentences. Handlers put one of these into `SendDraft.intent`;
 * the words of DOMAIN 7.4 are made from it at rendering, when number and token are known. JSON values only. These are
 * type aliases on purpose: an interface would not fit `Record<string, unknown>`.
 */

/** The letter that a notice answers. */
export type AboutLetter = {
  /** Message-ID header with angle brackets; null when it had none. */
  messageId: string | null;
  /** Its References, for threading. */
  references: string[];
  /** Its sender's token, where known other than by the Message-ID `<cv.TOKEN@domain>`; null = take it from there. */
  token: string | null;
};

/** One file as we got it. */
export type NoticeFile = {
  name: string;
  /** Lower-case hex. */
  sha256: string;
  /** `valid`, `untrusted`, `suspect`, `invalid`, `none`, `error`; null when it was not judged. */
  verdict: string | null;
};

/** T1, status 01: the letter is here, and nothing more is said (ACK-01, DOMAIN 7.3 (3)). */
export type ArrivedIntent = {
  about: AboutLetter;
  /** Subject of the letter. */
  subject: string;
  /** From address of the letter. */
  senderAddress: string;
  /** Instants, ISO 8601 UTC. */
  enteredAt: string;
  deemedReceivedAt: string;
  files: NoticeFile[];
  /** {maTraCuu}: what the sender quotes on the telephone, e.g. our message id. */
  lookup: string;
};

/** T2, status 03: registered (ACK-02). Số đến comes from the entry at rendering. */
export type RegisteredIntent = {
  about: AboutLetter;
  soKyHieu: string | null;
  /** ISO dates. */
  ngayVanBan: string | null;
  ngayDen: string;
  tacGia: string | null;
  tenLoai: string | null;
  trichYeu: string | null;
  /** {ketQuaChuKy}, a sentence without full stop. */
  signatureResult: string;
  /** True only when the signatures are VALID: the text then says "hợp lệ". */
  signatureValid: boolean;
  /** {coHoacKhong}: a paper copy came with it. */
  paper: boolean;
  enteredAt: string;
  deemedReceivedAt: string;
  files: NoticeFile[];
};

/** T3, status 02: a person returned it, with reasons (ACK-03). */
export type ReturnedIntent = {
  about: AboutLetter;
  soKyHieu: string | null;
  ngayVanBan: string | null;
  trichYeu: string | null;
  /** When the sender says it was sent (Date header), else the entry time. ISO 8601 UTC. */
  sentAt: string;
  enteredAt: string;
  deemedReceivedAt: string;
  /** TC01…TC10, TC99; `detail` fills the braces of the table in DOMAIN 7.4. At least one. */
  reasons: { code: string; detail: string | null }[];
  /** Id of the regulation in force (`ND30-2020`…), which decides the {canCu}. */
  regulation: string;
  /** {hoTen}, {chucVu}: who decided. */
  personName: string;
  personTitle: string;
  files: NoticeFile[];
};

/** What the clerk may do about a letter that did not get there. */
export type Advice = 'check-address' | 'split-files' | 'use-trunk' | 'send-paper';

/** T6: to our own clerk, shown in the console and the mailbox: a letter of ours did not get there. */
export type FailedIntent = {
  soKyHieu: string | null;
  ngayVanBan: string | null;
  recipientName: string;
  recipientAddress: string;
  /** ISO 8601 UTC; null when it never left. */
  sentAt: string | null;
  /** {nguyenNhan}, plain words. */
  cause: string;
  /** Status code and words of the server; null when none. */
  status: string | null;
  diagnostic: string | null;
  /** {hanGui}: last day for dispatch, ISO date; null when the regulation sets none. */
  deadline: string | null;
  advice: Advice[];
};

/** T8: the mail of an issued document. Số/ký hiệu and the files come from the entry at rendering. */
export type IssuedIntent = {
  ngayVanBan: string;
  tenLoai: string | null;
  trichYeu: string;
  urgency: 'THUONG' | 'KHAN' | 'THUONG_KHAN' | 'HOA_TOC' | 'HOA_TOC_HEN_GIO';
  signerName: string;
  signerTitle: string;
  /** True: the paper follows "theo đường công văn". */
  paper: boolean;
};

/** Intent by kind of mail. */
export type Intents = {
  T1: ArrivedIntent;
  T2: RegisteredIntent;
  T3: ReturnedIntent;
  T6: FailedIntent;
  T8: IssuedIntent;
};

export type MailKind = keyof Intents;
