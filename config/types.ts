/** The nouns of configuration: one frozen value, made from the file once at start. */

export type SignatureClass =
  | 'LEADER_AND_ORG'
  | 'SCAN_ORG_SIGNED'
  | 'SCAN_ORG_SIGNED_NO_COPY_LINE'
  | 'SCAN_UNSIGNED'
  | 'LEADER_ONLY'
  | 'ORG_ONLY'
  | 'NONE'
  | 'INVALID'
  | 'UNKNOWN';

export type RegulationId =
  | 'ND30-2020'
  | 'LA-36-2013'
  | 'QN-57-2014'
  | 'SL-2588-2018'
  | 'LC-48-2017'
  | 'GL-443-2016';

/** A regulation in force for the agency, with what it lacks inherited from ND30-2020 (DOMAIN 1.11). */
export interface RegulationProfile {
  id: RegulationId;
  /** e.g. "Nghị định 30/2020/NĐ-CP của Chính phủ". */
  title: string;
  soKyHieu: string;
  channels: {
    mailIn: 'allowed' | 'fallbackOnly' | 'referenceOnly';
    mailOut: 'allowed' | 'fallbackOnly';
  };
  signature: {
    equalToPaper: SignatureClass[];
    /** Set only by SL (SIG-08): replaces equalToPaper for what comes by mail. */
    equalToPaperByMail: SignatureClass[] | null;
    acceptedCopy: SignatureClass[];
    processable: SignatureClass[];
    referenceOnly: SignatureClass[];
    holdForLeader: SignatureClass[];
    returnWithReason: SignatureClass[];
    mayRefuse: SignatureClass[];
    trustAnchors: string[];
    outgoing: { leader: 'required' | 'optional'; org: 'required' | 'optional'; pdfOnly: boolean };
  };
  time: {
    sentAt: string | null;
    outOfHours: 'nextOfficeStart' | 'asEntered';
    dispatch: 'endOfNextWorkingDay' | 'endOfMorningOfNextWorkingDay' | null;
    present: 'endOfNextWorkingDay' | null;
  };
  ack: {
    arrival: { send: boolean };
    registered: { send: boolean };
  };
  register: {
    automatic: 'off' | 'whenNothingInDoubt';
    /** Keys of REG-IN that the regulation obliges (REG-01). */
    requiredIncoming: string[];
    requiredOutgoing: string[];
  };
  formats: { signed: string[]; attachments: string[] };
  scan: { dpiMin: number };
}

/** An agency of the directory (danh bạ). */
export interface DirectoryAgency {
  code: string;
  name: string;
  shortNames: string[];
  /** Official mail addresses, first = the one to send to. Lower case. */
  addresses: string[];
  /** Symbols its documents end in (UBND, SNV…), for telling the issuer from a số/ký hiệu. */
  symbols: string[];
  groups: string[];
  /** Instants of validity (ISO dates); null = open. */
  validFrom: string | null;
  validTo: string | null;
}

export interface StaffMember {
  /** Sign-in name, given with --by. */
  id: string;
  name: string;
  title: string;
  roles: ('clerk' | 'leader' | 'secrets' | 'admin')[];
  email: string | null;
}

/** A secret that is never in the file itself. */
export type SecretSource = { file: string } | { env: string };

export type Login =
  | { kind: 'password'; user: string; password: SecretSource }
  /** Runs a command that prints an OAuth2 access token (XOAUTH2). */
  | { kind: 'token'; user: string; command: string[] };

export interface TlsChoice {
  /** implicit = TLS from the first byte; starttls = required upgrade; none = only on loopback. */
  mode: 'implicit' | 'starttls' | 'none';
  /** PEM file of the CA to trust besides the system's. */
  caFile: string | null;
}

export interface ImapMailbox {
  /** Name for status and logs, unique. */
  name: string;
  host: string;
  port: number;
  tls: TlsChoice;
  login: Login;
  folders: string[];
  /** Milliseconds between two UID listings (INT-01). */
  intervalMs: number;
  /** Use IDLE as a hint. */
  idle: boolean;
  /** Milliseconds that one command may take. */
  commandTimeoutMs: number;
  /** Move registered mail here; null = leave it where it is. */
  moveTo: string | null;
}

export interface ListenerConfig {
  host: string;
  port: number;
  /** Addresses accepted (exact, +detail allowed); everything else is refused: never a relay. */
  recipients: string[];
  maxBytes: number;
  tls: { keyFile: string; certFile: string } | null;
}

export interface FolderIntake {
  path: string;
  intervalMs: number;
}

export interface OutgoingServer {
  host: string;
  port: number;
  tls: TlsChoice;
  login: Login | null;
  /** Parallel connections. */
  connections: number;
  timeoutMs: number;
  /** Route by recipient domain (tests, intranets): domain → host:port. */
  routes: Record<string, { host: string; port: number }>;
}

/** A file of trust anchors and what they may vouch for. */
export interface AnchorFile {
  file: string;
  group: string;
  /** Not believed for signatures made after this instant, ISO 8601 UTC; null or absent = no end. */
  until?: string | null;
  /** False: vouches for signers only, not for time stamps; absent = true. */
  timestamps?: boolean;
}

/** What may be fetched to judge signatures. */
export interface EvidenceFetch {
  /** `ocsp.example.gov.vn` or `*.example.gov.vn`, lower case; empty = nothing is fetched. */
  hosts: string[];
  /** Missing issuer certificates too, from the addresses that certificates name. */
  issuers: boolean;
  /** Seconds for one answer, connection and redirections included. */
  timeoutSeconds: number;
  /** `http://host:port`; null = direct. */
  proxy: string | null;
}

/** Where the agency's private key lies. */
export type SigningKeySource =
  | { kind: 'pkcs12'; file: string; password: SecretSource }
  | {
      kind: 'pkcs11';
      /** The token maker's library. */
      module: string;
      /** Label of the token. */
      token: string;
      /** The key (and certificate) on it, by CKA_LABEL or CKA_ID in hex. */
      object: { label: string } | { id: string };
      pin: SecretSource;
      /** Certificate beside the token; null = it is on the token. */
      certificate: string | null;
      /** OpenSC's pkcs11-tool: a name, or a path. */
      tool: string;
      /** Milliseconds that the token may take for one act. */
      timeoutMs: number;
    };

/** Signing ours: with which key, what, and how it looks. */
export interface SigningConfig {
  /** Null = nothing is signed. */
  key: SigningKeySource | null;
  /** Files of issuers' certificates that are put beside ours. */
  chain: string[];
  /** auto = each issued document that may carry the agency's signature (SIG-06) gets it. */
  issue: 'auto' | 'off';
  /** S/MIME on our notices. */
  notices: boolean;
  /** Picture of the seal; width in millimetres, null = as the file says. */
  seal: { file: string; width: number | null } | null;
  /** RFC 3161 server; `unreachable` = what happens when it does not answer. */
  timestamp: { url: string; timeoutMs: number; unreachable: 'refuse' | 'sign' } | null;
}

export interface CongvanConfig {
  /** Absolute path of the file that this was read from; null in tests. */
  file: string | null;
  agency: {
    code: string;
    name: string;
    /** Direct superior printed above the name; null when none. */
    parent: string | null;
    shortNames: string[];
    /** Official mailbox: sender of all that goes out. */
    address: string;
    /** Other addresses of ours. */
    aliases: string[];
    /** "Văn thư - Văn phòng UBND xã" */
    clerkUnit: string;
    phone: string;
    place: string;
  };
  regulation: RegulationProfile;
  dataDir: string;
  database: { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string; schema: string };
  intake: {
    imap: ImapMailbox[];
    lmtp: ListenerConfig | null;
    smtp: ListenerConfig | null;
    folder: FolderIntake | null;
    /** Messages that entered before this instant get no notices and are not registered by themselves; ISO 8601. Null = none. */
    cutover: string | null;
  };
  outgoing: OutgoingServer | null;
  /** Retry delays in milliseconds, last repeated until `giveUpMs`. */
  retry: { delaysMs: number[]; giveUpMs: number };
  /** true = envelope sender `local+cv.TOKEN@domain` for issued documents. */
  verp: boolean;
  sender: {
    /** authserv-ids whose Authentication-Results header is believed. */
    trustedAuthservIds: string[];
    /** Hosts whose topmost Received date is the entry time (TIM-02). */
    trustedReceivedBy: string[];
    /** Own SPF/DKIM/DMARC check. */
    check: boolean;
    /** `system`, or a JSON file of fixed answers (tests, demo, closed networks). */
    resolver: 'system' | { file: string };
  };
  screening: {
    maxMessageBytes: number;
    clamav: { host: string; port: number } | { socket: string } | null;
    blockedExtensions: string[];
  };
  signatures: {
    /** Folder kept by `congvan trust`: confirmed anchors and intermediates. */
    store: string;
    anchors: AnchorFile[];
    intermediates: string[];
    /** Missing revocation data: not asked for, tolerated, or it keeps a verdict from being concluded. */
    revocation: 'off' | 'soft' | 'hard';
    /** Milliseconds that a letter waits for an answer that is not to be had, before a person decides. */
    retryForMs: number;
    /** SHA-1 fails in signatures proven to be made after this instant, ISO 8601 UTC; null = it only marks them weak. */
    sha1Until: string | null;
    fetch: EvidenceFetch;
  };
  signing: SigningConfig;
  directory: { file: string | null; agencies: DirectoryAgency[] };
  staff: StaffMember[];
  register: {
    /** 'profile' = as the regulation says. */
    automatic: 'profile' | 'off';
    /** Values written into fields that are handling matters (noiLuu, linhVuc…). */
    defaults: Record<string, string>;
    nextNumber: { book: 'den' | 'di'; series: string; year: number; number: number }[];
  };
  issuing: {
    /** Pattern of số/ký hiệu: {number}/{type}-{org} for named types, {number}/{org}-{unit} for công văn. */
    org: string;
    defaultUnit: string;
    /** Series of numbers: one common series, or one for each type. */
    series: 'common' | 'perType';
    scannerFolder: string | null;
  };
  calendar: {
    sessions: { start: string; end: string }[];
    vanHoa2411: 'pending' | 'off' | 'working';
    extraNonWorking: string[];
    extraWorking: string[];
  };
  schedule: { reconcile: string };
  log: { level: 'debug' | 'info' | 'warn' | 'error' };
}
