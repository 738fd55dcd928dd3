// Package pull reads a taxonomy from the taxonomy API of an LFPSE service and
// keeps it in a file.
//
// [Fetch] asks GET {base path}/metadata which profiles of AdverseEvent there are,
// then collects everything the profile of one version refers to from
// {taxonomy path}/{StructureDefinition|ValueSet|CodeSystem}/{id}. Host, paths, key and
// transport are those of an [endpoint.Endpoint]. [Save] replaces a file by the result.
//
// What a service answers is not trusted: no redirect is followed; at most 5 MiB a
// resource, 16 MiB and 2000 resources in all, after decompression; the timeout of the
// endpoint for an answer, 10 minutes in all; strict JSON; each resource must have the
// id and url that was asked for; and the taxonomy as a whole must pass the checks of
// [taxonomy.Load]. Whatever fails, nothing is changed.
//
// A taxonomy read from a service should be compared with the one in use before it
// is put to use; see [taxonomy.Diff].
package pull
