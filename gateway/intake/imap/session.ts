/** One connection to one mailbox, as intake sees it. Every command has its own deadline; errors are CongvanErrors. */
export interface ImapSession {
  /** Opens a folder read-only (EXAMINE): nothing that we do can set \Seen. */
  examine(folder: string): Promise<OpenedFolder>;
  /** UID, INTERNALDATE and size of every message from this UID on. UIDs ascending. */
  listFrom(uid: number): Promise<ListedMessage[]>;
  /** All UIDs of the folder, ascending. */
  allUids(): Promise<number[]>;
  /** What the server says of these UIDs; those that it says nothing of are missing from the result. */
  describe(uids: number[]): Promise<ListedMessage[]>;
  /** The message's bytes in pieces of about 1 MiB, so that it never stands whole in memory. */
  download(uid: number, size: number | null): AsyncGenerator<Uint8Array, void, undefined>;
  /** Resolves at a hint of new mail, after `ms`, or when aborted or disconnected: the reason does not matter. */
  waitForChange(ms: number, signal: AbortSignal): Promise<void>;
  /** Moves one message (MOVE or UIDPLUS only). False when the server cannot do it safely, or the message is gone. */
  move(folder: string, uidValidity: string, uid: number, to: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface OpenedFolder {
  uidValidity: string;
  uidNext: number | null;
  exists: number;
}

export interface ListedMessage {
  uid: number;
  /** INTERNALDATE, ISO 8601 UTC; null when the server did not say. */
  internalDate: string | null;
  /** RFC822.SIZE in bytes; Exchange-like servers only estimate it. */
  size: number | null;
}
