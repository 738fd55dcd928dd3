// Package csvlog reads incident logs kept as CSV: spreadsheets saved as text,
// exports of incident tools and extracts of GP systems.
//
// Such files are large, half broken and full of narrative, so the package differs
// from encoding/csv in four ways.
//
//   - A broken row costs that row only. It is reported as a [RowError] and the
//     rows after it still come. After a quoting error reading resumes at the line
//     below the one where the row began, so a stray quote cannot swallow the rest
//     of the file.
//   - Memory is flat: one row of at most [DefaultMaxRecord] bytes is held, however
//     long the file or a line of it is.
//   - The encoding is found row by row: UTF-8 where the bytes are valid UTF-8,
//     Windows-1252 where they are not. A file with both is reported once, in
//     [Reader.Warnings]. Byte order marks and UTF-16 are understood.
//   - Files that are not CSV at all (workbooks, PDF, web pages, JSON) are named
//     for what they are, in a [FileError].
//
// The dialect is RFC 4180: cells may be quoted and then hold delimiters, line
// breaks and doubled quotes. Lines end in LF, CR LF or, throughout the file, CR.
// The delimiter is the one of comma, semicolon, tab and bar that the header uses
// most. A first line "sep=;", as Excel writes it, is obeyed.
//
// Every physical line belongs to exactly one row, row error or blank row; [Stats]
// counts them. Errors and warnings name lines, columns and lengths, never a value
// of the file, so they are safe to log.
package csvlog
