/**
 * The one error class of the house. Errors are temporary unless shown otherwise: a temporary failure is retried,
 * a permanent one is told to a person. `code` is looked up in docs/operations.md ("what the operator does").
 *
 * This file is the one shared thing that every room may import.
 */
export class CongvanError extends Error {
  /** Stable upper-case code, e.g. `CONFIG_INVALID`, `DISK_FULL`, `MAILBOX_LOGIN`. */
  readonly code: string;
  /** True when trying again later may succeed. */
  readonly temporary: boolean;
  /** Facts for the log and for the message; never secrets, never document content. */
  readonly fields: Record<string, string | number | boolean | null>;

  constructor(
    code: string,
    message: string,
    options: {
      temporary?: boolean;
      cause?: unknown;
      fields?: Record<string, string | number | boolean | null>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CongvanError';
    this.code = code;
    this.temporary = options.temporary ?? true;
    this.fields = options.fields ?? {};
  }
}
