/** Makes THIRD-PARTY.md from the installed packages that the service runs on: `node scripts/third-party.ts > THIRD-PARTY.md`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

interface Locked {
  dev?: boolean;
  version: string;
}

const rows: string[][] = [];
for (const [path, locked] of Object.entries(
  readJson('package-lock.json').packages as Record<string, Locked>,
)) {
  if (path === '' || locked.dev) continue;
  try {
    const { name, version, license, repository } = readJson(`${path}/package.json`);
    const url = String(repository?.url ?? repository ?? '')
      .replace(/^git\+|\.git$/g, '')
      .replace(/^(?:github:)?([\w-]+\/[\w.-]+)$/, 'https://github.com/$1');
    rows.push([name, version, String(license?.type ?? license), url]);
  } catch {
    // An optional package of another platform is not installed here.
  }
}
rows.sort(([a], [b]) => a!.localeCompare(b!, 'en'));
process.stdout.write(
  `# Third-party packages\n\nWhat the service runs on, installed by \`npm ci\`; each package carries its licence text in its own folder. Development tools are\nnot listed. Made by \`scripts/third-party.ts\`.\n\n| Package | Version | Licence | Source |\n|---|---|---|---|\n${rows.map((r) => `| ${r.join(' | ')} |`).join('\n')}\n`,
);
