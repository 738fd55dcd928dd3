// Package privacy keeps personal data out of the reports that are sent to LFPSE.
//
// National processing redacts free text before others read it, but without guarantee, so
// the screen blocks personal data at the source. A [Screener] finds identifiers by their
// form: NHS, CHI and H&C numbers by their check digit, National Insurance numbers, e-mail
// addresses, telephone numbers, and the numbers of professionals, dates of birth and
// mistyped health numbers beside words that say so; postcodes, words after a title such as
// Mrs, names after labels and relatives, hospital and other local numbers by their label,
// street addresses, e-mail addresses in words, and numbers and dates that only may be one
// of the others. Names have no fixed form, so the caller gives the names and identifiers of
// the patients and staff in the source record as a [DenyList], which is the strongest
// method.
//
// # Effects
//
// What a finding does to a report is its [Effect], by its [Class]: it blocks, holds or
// informs, and is an error, a warning or information accordingly. Classes that are often
// wrong only inform. The page lfpse/rule/RULES.md has the table. A [Policy] changes it
// within the limits of [Class.Lowest]. A person who has read the text may release a
// finding, see Release in package draft, but for what [Unreleasable] finds.
//
// # Use
//
// [Screener.ScanEvent] screens every string of an AdverseEvent and also refuses elements
// that do not belong in a report, whatever they hold: Patient.name,
// Practitioner.identifier, Device.serialNumber and the like. What it looks for in an
// element depends on the element's type in FHIR R4. Findings carry class, FHIRPath and
// character range, never the text. It also says, as information, if details that are
// allowed on their own may together identify one person.
//
// [Screener.Begin] does the same as one of several visitors of a [fhir.Walker], so that a
// report is walked only once. [Screener.ScanJSON] screens JSON that was not, or could not
// be, read into R4 types, and [Screener.ScanText] a single text, such as an answer in a
// form.
//
// A text is screened as it looks to a reader: full-width forms, digits of other
// scripts, exotic spaces, dashes and apostrophes count as the ASCII ones, accents and
// invisible characters for nothing, and the letter O within a number for zero.
//
// Screening is linear in the length of the text and allocates nothing for an ASCII
// text in which there is nothing to report.
//
// Package lfpse/rule says of each rule id a finding can have, which is that of its
// [Class] or one of PRIVACY-REIDENTIFICATION and PRIVACY-REDACTED, why it matters and
// what to do.
//
// # Redaction
//
// Nothing is changed unless the caller asks for it: [Redact] and [Screener.RedactEvent]
// replace what was found by tokens such as [NHS-NUMBER], and say where.
//
// # Limits
//
// The screen can find personal data but cannot prove its absence: a text without findings
// can still identify a person to someone who knows the story. How much it finds on
// labelled narratives is measured in conformance/measure/narratives.
package privacy
