import * as path from 'node:path';
import { Seen } from '../test/support/seen';

/** What jest reports of a run, as far as the table needs it. */
export interface RunReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly duration?: number | null;
    }[];
  }[];
}

const HEAD = `# The table of faults

Written by \`npm run test:faults\`; do not edit. Each section is one file of tests, on what its heading says. Servers are those of Debian,
Maven and MySQL's packages under entrypoints that follow the contract of the official images. Seconds are orders of magnitude.
`;

const SECTION = /^## (\S+)$/m;

/** The sections of a table by their file. */
export function sectionsOf(table: string): Map<string, string> {
  const [, ...parts] = table.split(new RegExp(SECTION, 'm'));
  const sections = new Map<string, string>();
  for (let i = 0; i < parts.length; i += 2) sections.set(parts[i], parts[i + 1].trim());
  return sections;
}

/** The table, in which the sections of the files that ran are new and the others as before. */
export function renderFaults(before: Map<string, string>, report: RunReport, seen: Seen[], ranOn: string): string {
  const sections = new Map(before);
  for (const { name, assertionResults } of report.testResults) {
    const cases = assertionResults.filter(({ status }) => status !== 'pending');
    if (cases.length === 0) continue;
    const rows = cases.map(({ fullName, ancestorTitles, title, status, duration }) => {
      const findings = seen.filter(({ test }) => test === fullName).map(({ what }) => what);
      return `| ${cell([...ancestorTitles, title].join(': '))} | ${status} | ${cell(findings.join('; '))} | ${Math.round((duration ?? 0) / 1000)} s |`;
    });
    sections.set(path.relative(path.join(__dirname, '..'), name), [ranOn, '', '| case | result | seen | took |', '| --- | --- | --- | --- |', ...rows].join('\n'));
  }
  const sorted = [...sections].sort(([a], [b]) => a < b ? -1 : 1);
  return [HEAD, ...sorted.map(([file, text]) => `## ${file}\n\n${text}\n`)].join('\n');
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
