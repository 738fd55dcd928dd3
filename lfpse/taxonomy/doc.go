// Package taxonomy holds the LFPSE taxonomy as data: which extension groups an
// event has, which fields a group has, which codes a field takes, and for each
// of these how well it is known.
//
// No official specification of version 6 is public. The embedded taxonomy is a
// reconstruction in which every element carries its evidence; what is not known is marked
// provisional. A provisional element may be sent to a sandbox only, until a
// [Confirmation] or a taxonomy read from the live service says what it really is. Loading
// another file with [Load] replaces the embedded data without a change of code.
//
// The native form is one JSON document, described field by field by the types of
// this package; data/v6.json is the reference example. The order of profiles,
// groups and fields is the order in which they are written to the wire.
package taxonomy
