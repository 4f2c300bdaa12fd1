import { readFileSync } from 'node:fs';

/** Reads Vitest's JSON report and prints the counts as one closing line; a report without tests counts as a failure. */
const text = readFileSync(process.argv[2] ?? '', 'utf8');
const report: { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number } = text
  ? JSON.parse(text)
  : { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 1 };

const failed = report.numFailedTests || (report.numFailedTestSuites > 0 ? 1 : 0);
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0;
