// Compares what a system found in the cases with what the cases expect.
//
//   node compare.mjs RESULTS
//
// RESULTS has one JSON object a line. Without issues only valid is compared:
//
//   {"case": "lfpse/LFPSE-HARM-FATAL/both-grades", "valid": true,
//    "issues": [{"severity": "warning", "rule": "LFPSE-HARM-FATAL", "path": "AdverseEvent.…"}]}
//
// It prints a line for each difference. The exit code is 0 if every case has a result and
// none differs, 1 if not, 2 if the results cannot be read.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const data = join(dirname(fileURLToPath(import.meta.url)), 'data');
const parse = (text, name) => {
  try {
    return JSON.parse(text);
  } catch (err) {
    console.error(`${name}: ${err.message}`);
    process.exit(2);
  }
};

const cases = new Map();
for (const file of readdirSync(data, { recursive: true }).sort()) {
  if (file.endsWith('expected.json')) {
    cases.set(dirname(file).replaceAll('\\', '/'), parse(readFileSync(join(data, file), 'utf8'), file));
  }
}

// differences of one case; the order of issues is not compared.
function differences(expected, found) {
  const out = expected.valid === found.valid ? [] : [`valid: expected ${expected.valid}, found ${found.valid}`];
  if (found.issues) {
    const text = ({ severity, rule, path }) => `${severity} ${rule} at ${path}`;
    const wanted = expected.issues.map(text);
    const seen = found.issues.map(text);
    out.push(...wanted.filter((issue) => !seen.includes(issue)).map((issue) => `missing: ${issue}`));
    out.push(...seen.filter((issue) => !wanted.includes(issue)).map((issue) => `not expected: ${issue}`));
  }
  return out;
}

const results = new Map();
let problems = 0;
const report = (name, line) => {
  problems++;
  console.log(`${name}: ${line}`);
};
const lines = readFileSync(process.argv[2] ?? 0, 'utf8').split('\n').filter((line) => line.trim() !== '');
for (const [i, line] of lines.entries()) {
  const result = parse(line, `result ${i + 1}`);
  if (!cases.has(result.case)) {
    report(result.case, 'there is no such case');
  } else if (results.has(result.case)) {
    report(result.case, 'has two results');
  }
  results.set(result.case, result);
}

let agree = 0;
let differ = 0;
for (const [name, expected] of cases) {
  if (!results.has(name)) {
    continue;
  }
  const found = differences(expected, results.get(name));
  found.forEach((line) => report(name, line));
  found.length === 0 ? agree++ : differ++;
}
const left = cases.size - agree - differ;
console.error(`${cases.size} cases: ${agree} as expected, ${differ} not, ${left} without a result`);
process.exitCode = problems === 0 && left === 0 ? 0 : 1; // exit() would cut off what is still to be written
