/** The configuration file of the demo's gateway, written as an administrator would write it. */
import { stringify } from 'yaml';

export interface ServiceWorld {
  /** Our mailbox. */
  address: string;
  /** authserv-id of our own mail server. */
  relay: string;
  directoryFile: string;
  anchorFile: string;
  /** Fixed DNS answers: the demo needs no network. */
  zoneFile: string;
}

export interface ServicePlace {
  world: ServiceWorld;
  dataDir: string;
  lmtpPort: number;
  smtpPort?: number;
  outgoingPort: number;
  regulation?: string;
  /** More keys of the configuration, at the top level. */
  more?: Record<string, unknown>;
}

export function serviceConfig(place: ServicePlace): string {
  const { world } = place;
  const listener = (port: number) => ({ host: '127.0.0.1', port });
  return stringify({
    agency: {
      code: 'H99.10',
      name: 'Ủy ban nhân dân xã Mẫu',
      shortNames: ['UBND xã Mẫu'],
      address: world.address,
      clerkUnit: 'Văn thư - Văn phòng HĐND và UBND xã Mẫu',
      phone: '0200 000 000',
      place: 'xã Mẫu',
    },
    regulation: place.regulation ?? 'ND30-2020',
    dataDir: place.dataDir,
    intake: {
      lmtp: listener(place.lmtpPort),
      ...(place.smtpPort ? { smtp: listener(place.smtpPort) } : {}),
    },
    outgoing: { host: '127.0.0.1', port: place.outgoingPort, tls: { mode: 'none' } },
    retry: { delays: ['1s', '2s', '5s'], giveUp: '3d' },
    sender: { resolver: { file: world.zoneFile }, trustedAuthservIds: [world.relay] },
    signatures: { anchors: [{ file: world.anchorFile, group: 'BAN_CO_YEU' }] },
    directory: world.directoryFile,
    staff: [
      { id: 'vanthu', name: 'Nguyễn Thị Mẫu', title: 'Công chức văn thư', roles: ['clerk'] },
      { id: 'chutich', name: 'Lê Văn Mẫu', title: 'Chủ tịch UBND xã', roles: ['leader', 'secrets'] },
    ],
    issuing: { org: 'UBND', defaultUnit: 'VP' },
    log: { level: 'warn' },
    ...place.more,
  });
}
