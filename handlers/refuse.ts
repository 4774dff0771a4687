import { CongvanError } from '../config/error.ts';

/** What a person asked for is not done: permanent, in words for that person. */
export function refuse(code: string, message: string, fields: Record<string, string> = {}): never {
  throw new CongvanError(code, message, { temporary: false, fields });
}
