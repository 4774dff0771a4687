import { defineConfig } from 'vitest/config';

// Tests run under a foreign zone on purpose: every rule about time must hold whatever TZ the machine has.
process.env.TZ ??= 'America/St_Johns';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    env: { TZ: process.env.TZ },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
