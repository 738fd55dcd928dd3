package main

import (
	"fmt"
	"strings"
	"time"
)

// The ways in which people write things down. None of them knows how the screen
// looks for it.

// grouped writes ten digits as people do.
func (d dice) grouped(ten string) string {
	three := func(sep string) string { return ten[:3] + sep + ten[3:6] + sep + ten[6:] }
	switch d.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		return ten
	case 6:
		return three("-")
	case 7:
		return three("\u00a0")
	case 8:
		return three("\u2013")
	case 9:
		return three(".")
	case 10:
		return three("\u200b")
	case 11:
		return fullWidth(ten)
	case 12:
		return strings.ReplaceAll(three(" "), "0", "O")
	case 13:
		return ten[:3] + " " + ten[3:]
	case 14:
		return three(pick(d, []string{"\n", " - ", "  ", "\u2009", "\u2011"}))
	default:
		return three(" ")
	}
}

func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r - '0' + '\uff10'
		}
		return r
	}, digits)
}

// chiWritten writes a CHI number, which is grouped after the date if at all.
func (d dice) chiWritten(ten string) string {
	switch d.IntN(4) {
	case 0:
		return ten[:6] + " " + ten[6:]
	case 1:
		return d.grouped(ten)
	default:
		return ten
	}
}

func (d dice) niWritten(ni string) string {
	switch d.IntN(6) {
	case 0:
		return ni[:2] + " " + ni[2:4] + " " + ni[4:6] + " " + ni[6:8] + " " + ni[8:]
	case 1:
		return strings.ToLower(ni)
	case 2:
		return ni[:2] + " " + ni[2:8] + " " + ni[8:]
	default:
		return ni
	}
}

// phoneWritten writes a national number of eleven digits.
func (d dice) phoneWritten(n string) string {
	switch d.IntN(14) {
	case 0:
		return "+44 " + n[1:5] + " " + n[5:]
	case 1:
		return "+44" + n[1:]
	case 2:
		return "0044 " + n[1:5] + " " + n[5:]
	case 3:
		return "+44 (0)" + n[1:5] + " " + n[5:]
	case 4:
		return "(" + n[:5] + ") " + n[5:]
	case 5:
		return n[:5] + "-" + n[5:]
	case 6:
		return n[:5] + " " + n[5:8] + " " + n[8:]
	case 7:
		return n[:5] + "\u00a0" + n[5:]
	case 8:
		return n[:4] + " " + n[4:7] + " " + n[7:]
	case 9, 10, 11:
		return n
	default:
		return n[:5] + " " + n[5:]
	}
}

// dateWritten writes a day of the calendar.
func (d dice) dateWritten(year, month, day int) string {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch d.IntN(12) {
	case 0:
		return t.Format("2 January 2006")
	case 1:
		return t.Format("2 Jan 2006")
	case 2:
		return t.Format("2006-01-02")
	case 3:
		return t.Format("02-01-06")
	case 4:
		return t.Format("2.1.2006")
	case 5:
		return t.Format("2/1/06")
	case 6:
		return fmt.Sprintf("%d%s of %s %d", day, ordinal(day), t.Month(), year)
	case 7:
		return t.Format("January 2, 2006")
	case 8:
		return t.Format("02-Jan-2006")
	default:
		return t.Format("02/01/2006")
	}
}

func ordinal(n int) string {
	switch {
	case n%10 == 1 && n != 11:
		return "st"
	case n%10 == 2 && n != 12:
		return "nd"
	case n%10 == 3 && n != 13:
		return "rd"
	}
	return "th"
}

// named writes the name of a person on the deny-list, labelled.
func (d dice) named(p person) string {
	given, family := d.asTyped(p.given), d.asTyped(p.family)
	initial := strings.ToUpper(given[:len(string([]rune(given)[0]))])
	name := func(s string) string { return mark("NAME", s) }
	switch d.IntN(24) {
	case 0, 1, 2, 3, 4, 5:
		return p.title + " " + name(family)
	case 6, 7, 8, 9:
		return name(given + " " + family)
	case 10, 11:
		return name(given)
	case 12:
		return name(family)
	case 13, 14:
		return p.title + " " + name(given+" "+family)
	case 15:
		return name(strings.ToUpper(family) + ", " + given)
	case 16:
		return name(initial + " " + family)
	case 17:
		return name(initial + ". " + family)
	case 18:
		return name(family + ", " + initial)
	case 19:
		return p.title + " " + name(initial+" "+family)
	case 20:
		return name(strings.ToUpper(given + " " + family))
	case 21:
		return name(strings.ToLower(given + " " + family))
	case 22:
		return p.title + ". " + name(family)
	default:
		return strings.ToUpper(p.title) + " " + name(strings.ToUpper(family))
	}
}

// asTyped spells a name as it comes off a keyboard: accents, apostrophes and
// hyphens are not always there.
func (d dice) asTyped(name string) string {
	switch d.IntN(5) {
	case 0:
		return strings.ReplaceAll(name, "'", "\u2019")
	case 1:
		return strings.ReplaceAll(name, "-", " ")
	case 2:
		return plain.Replace(strings.ReplaceAll(name, "'", ""))
	case 3:
		if rest, ok := strings.CutPrefix(name, "Mc"); ok && d.chance(50) {
			return "Mc " + rest
		}
		return strings.ReplaceAll(name, "-", "\u2010")
	}
	return name
}

var plain = strings.NewReplacer("á", "a", "é", "e", "ë", "e", "ö", "o", "Ł", "L", "ł", "l", "ć", "c", "ń", "n")
