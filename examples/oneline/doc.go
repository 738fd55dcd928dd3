// Package oneline is an example without code: twenty incidents of one line each, as a
// practice writes them down, with a profile of the practice and the records of the patients
// who were affected. Its test counts how many questions are left; see README.md.
package oneline
