// A FHIR server that others wrote: @medplum/fhir-router with its repository in memory,
// below a base path, which runs Medplum's validator before it stores.
//
//   node server.mjs PACKAGE-FOLDER BASE-PATH [PORT]
//
// The first line out is {"url": base}. It ends with its standard input. What stands here
// only carries requests to the router and answers back; it has no rule of its own.
import { createServer } from 'node:http';
import { OperationOutcomeError, badRequest, getStatus, notFound } from '@medplum/core';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { load, read } from '../medplum.mjs';

const [folder, base, port = '0'] = process.argv.slice(2);
const medplum = load(folder);

class Repository extends MemoryRepository {
  createResource(resource) {
    refuse(resource);
    return super.createResource(resource);
  }
  updateResource(resource, options) {
    refuse(resource);
    return super.updateResource(resource, options);
  }
}

// Only what the package has a profile of is stored.
function refuse(resource) {
  if (resource.resourceType !== 'AdverseEvent') {
    throw new OperationOutcomeError(badRequest('this server keeps AdverseEvents only'));
  }
  const issue = medplum.check(resource);
  if (issue.length > 0) {
    throw new OperationOutcomeError({ resourceType: 'OperationOutcome', issue });
  }
}

const router = new FhirRouter();
const repository = new Repository();
router.add('GET', '/metadata', async () => [
  { resourceType: 'OperationOutcome', id: 'ok', issue: [] },
  {
    resourceType: 'CapabilityStatement',
    status: 'active',
    kind: 'instance',
    fhirVersion: '4.0.1',
    software: { name: '@medplum/fhir-router' },
    format: ['application/fhir+json'],
    rest: [{ mode: 'server', resource: [{ type: 'AdverseEvent', interaction: ['create', 'read', 'update', 'delete'].map((code) => ({ code })) }] }],
  },
]);

async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname !== base && !url.pathname.startsWith(`${base}/`)) {
    return [notFound];
  }
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  let body;
  try {
    body = chunks.length > 0 ? read(Buffer.concat(chunks)) : undefined;
  } catch (err) {
    return [badRequest(err.message)];
  }
  const pathname = url.pathname.slice(base.length) || '/';
  const { method, headers } = request;
  return router.handleRequest({ method, url: pathname + url.search, pathname: '', body, params: {}, query: Object.fromEntries(url.searchParams), headers }, repository);
}

const server = createServer(async (request, response) => {
  const [outcome, resource] = await answer(request).catch((err) => [badRequest(`the server failed: ${err.message}`)]);
  const status = getStatus(outcome);
  const headers = { 'Content-Type': 'application/fhir+json' };
  if (status === 201) {
    headers.Location = `${origin()}${base}/${resource.resourceType}/${resource.id}/_history/${resource.meta.versionId}`;
  }
  response.writeHead(status, headers).end(JSON.stringify(resource ?? outcome));
});
const origin = () => `http://127.0.0.1:${server.address().port}`;

server.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ url: origin() + base })));
process.stdin.resume().on('end', () => process.exit());
