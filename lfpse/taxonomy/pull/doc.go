// Package pull reads a taxonomy from the taxonomy API of an LFPSE service and
// keeps it in a file.
//
// [Fetch] asks GET {host}/adverse-event/fhir/metadata which profiles of
// AdverseEvent there are, then collects everything the profile of one version
// refers to from {host}/taxonomy/fhir/{StructureDefinition|ValueSet|CodeSystem}/{id}.
// [Save] replaces a file by the result.
//
// What a service answers is not trusted: https only, except on this computer; no
// redirect is followed; at most 5 MiB a resource, 16 MiB and 2000 resources in all,
// after decompression; 40 seconds an answer, 10 minutes in all; strict JSON; each
// resource must have the id and url that was asked for; and the taxonomy as a whole
// must pass the checks of [taxonomy.Load]. Whatever fails, nothing is changed.
//
// A taxonomy read from a service should be compared with the one in use before it
// is put to use; see [taxonomy.Diff].
package pull
