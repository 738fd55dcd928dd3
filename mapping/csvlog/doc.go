// Package csvlog reads incident logs kept as CSV: spreadsheets saved as text,
// exports of incident tools and extracts of GP systems.
//
// Such files are large, often damaged and full of narrative, so the package differs from
// encoding/csv in five ways.
//
//   - Only a broken row is lost. It is reported as a [RowError], and the rows after it
//     are still read. After a quoting error reading resumes at the line below the one
//     where the row began, so a stray quote cannot swallow the rest of the file.
//
//   - Memory is constant: one row of at most [DefaultMaxRecord] bytes is held, however
//     long the file or a line of it is.
//
//   - The encoding is detected row by row: UTF-8 if the bytes are valid UTF-8, else
//     Windows-1252. A file with both is reported once, in [Reader.Warnings]. Byte order
//     marks, also those in the middle of joined files, and UTF-16 are understood. Rows
//     that seem to be in Mac Roman are refused rather than read as other letters.
//
//   - Files that are not CSV at all (workbooks, PDF, web pages, JSON) are recognised, and
//     a [FileError] says what they are.
//
//   - What pushes cells under the wrong names is looked for: a comma or a line break of a
//     text without quotation marks around it, cells past the last column, a line that was
//     cut off, a second line of column names. Such a row is broken, even where the number
//     of its cells happens to be right.
//
// The dialect is RFC 4180: cells may be quoted and then hold delimiters, line breaks and
// doubled quotes. Lines end in LF, CR LF or, throughout the file, CR. The delimiter is
// the one of comma, semicolon, tab and bar that the header uses most. A first line such
// as "sep=;", which Excel writes, sets the delimiter.
//
// Every physical line belongs to exactly one row, row error or blank row; [Stats]
// counts them. Cells come without what spreadsheets and word processors leave in them:
// ="00123" is 00123, soft line breaks are line breaks, and characters without a width are
// left out. Errors and warnings name lines, columns and lengths, never a value
// of the file, so they are safe to log.
package csvlog
