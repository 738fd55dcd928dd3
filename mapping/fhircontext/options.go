package fhircontext

import "maps"

// Option changes how a record is read.
type Option func(*config)

type config struct {
	level func(id string) Level
	roles map[string]string
}

// WithDMD gives a look-up of the dm+d level of a concept id; it returns
// LevelUnknown for an id it does not have. Default: every level is unknown. It must
// be safe for concurrent use when Load is called concurrently.
func WithDMD(level func(id string) Level) Option { return func(c *config) { c.level = level } }

// WithRoles adds answers to the built-in table of job roles, and overrides it: from
// an SDS job role (R1290), a job role code (01025), a SNOMED CT id or a job title,
// to a code of the LFPSE staff-type list, 1 to 9. Case and outer blanks do not
// matter. This is how a practice decides the roles that are asked otherwise, such
// as pharmacist. Default: none.
func WithRoles(roles map[string]string) Option {
	roles = maps.Clone(roles)
	return func(c *config) { c.roles = roles }
}
