/** What the SMTP client says went wrong: the server's words where there are any. */

export interface SmtpError extends Error {
  /** nodemailer's: ECONNECTION, ETIMEDOUT, ESOCKET, EDNS, ETLS, EAUTH, EENVELOPE, EMESSAGE, ESTREAM, EPROTOCOL. */
  code?: string;
  /** The system's: ECONNREFUSED, ENOTFOUND… */
  originalCode?: string;
  response?: string;
  responseCode?: number;
  command?: string;
}

const MAX_REPLY = 500;

/** One line; the server's answer, else the code and message of the failure. */
export function lettersOf(error: SmtpError): string {
  const words = error.response ?? `${error.originalCode ?? error.code ?? 'ERROR'} ${error.message}`;
  return words.replace(/\s+/gu, ' ').trim().slice(0, MAX_REPLY);
}
