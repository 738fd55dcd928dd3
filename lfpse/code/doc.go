// Package code has the codes of the LFPSE lists as typed constants, generated from the
// embedded taxonomy. They are a convenience for callers: checking and sending always
// follow the loaded taxonomy, so a code that a newer list has added can be written as a
// plain string.
//
// A constant is named after its list and the key that the taxonomy gives the
// concept, such as [YesNoUnknownIDontKnow]. Keys stay when a display text changes.
//
// Event type, the two harm scales and the gender lists are not here: their codes
// are easily mixed up or not known, so package lfpse gives them names.
package code
