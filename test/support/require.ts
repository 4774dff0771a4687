import { describe } from 'vitest';

/**
 * A suite that needs a real server. Without it the suite is skipped under a name that says how to get the server; with
 * CONGVAN_TEST_REQUIRE=all it fails instead, so that a build machine cannot pass by lacking things.
 */
export function serverSuite(name: string, available: boolean, howToGet: string, suite: () => void): void {
  if (available) {
    describe(name, suite);
  } else if (process.env.CONGVAN_TEST_REQUIRE === 'all') {
    describe(name, () => {
      throw new Error(`CONGVAN_TEST_REQUIRE=all, but the server is missing: ${howToGet}`);
    });
  } else {
    describe.skip(`${name} [skipped: ${howToGet}]`, suite);
  }
}
