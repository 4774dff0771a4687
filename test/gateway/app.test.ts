import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../gateway/app.ts';
import { until } from '../support/intake.ts';
import { openRig, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
let other: Server;
beforeEach(async () => {
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  rig = await openRig({
    intake: {
      lmtp: { host: '127.0.0.1', port, recipients: ['a@mau.example.gov.vn'], maxBytes: 1_000, tls: null },
    },
  });
});
afterEach(async () => {
  await rig.close();
  await new Promise((resolve) => other.close(resolve));
});

describe('joining the parts', () => {
  it('a port in use: its error comes through, and everything started before it is ended', async () => {
    const before = children();
    await expect(startApp(rig.service, { sending: true })).rejects.toThrow();
    await until('every process to be gone', () => children() === before);
    const { id } = await rig.keep('thu');
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect((await rig.service.storage.messages.get(id))?.state).toBe('kept'); // nobody works on it any more
  });

  it('stops in order, twice without harm', async () => {
    rig.service.config = { ...rig.service.config, intake: { ...rig.service.config.intake, lmtp: null } };
    const before = children();
    const app = await startApp(rig.service, { sending: true });
    expect(children()).toBeGreaterThan(before);
    await app.stop();
    await app.stop();
    await until('every process to be gone', () => children() === before);
  });
});

function children(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
}
