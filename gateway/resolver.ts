/** Where DNS answers come from: the system's servers, or a file of fixed answers (closed networks, demo, tests). */

import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { CongvanError } from '../config/error.ts';
import { fixedResolver } from '../mail/fixed-resolver.ts';
import type { DnsResolver } from '../mail/types.ts';

/** Milliseconds for one try of one server, and tries: a sender check waits seconds at most, never minutes. */
const TIMEOUT_MS = 2_500;
const TRIES = 2;

const opened = new Map<string, DnsResolver>();

/** Opened once for each source. Throws CongvanError ZONE_UNREADABLE or ZONE_INVALID, permanent, for a bad file. */
export function resolverOf(source: 'system' | { file: string }): DnsResolver {
  const key = source === 'system' ? 'system' : `file:${source.file}`;
  const resolver =
    opened.get(key) ?? (source === 'system' ? systemResolver() : fixedResolver(zoneOf(source.file)));
  opened.set(key, resolver);
  return resolver;
}

function systemResolver(): DnsResolver {
  const servers = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  return async (name, type) => (await servers.resolve(name, type)) as Awaited<ReturnType<DnsResolver>>;
}

function zoneOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CongvanError('ZONE_UNREADABLE', `Không đọc được tệp câu trả lời DNS ${file}.`, {
      temporary: false,
      cause,
      fields: { file },
    });
  }
}
