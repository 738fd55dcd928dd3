package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// texts is what a sheet needs to know of the texts that the sheets of a workbook share.
type texts struct {
	count  int
	struck map[int]bool // by number: wholly or partly struck through
}

// readTexts counts the shared texts and finds those that are struck through.
func readTexts(part []byte) (texts, error) {
	t := texts{struck: map[int]bool{}}
	struck := false // the current run
	err := elements(part, func(e xml.StartElement) bool {
		switch e.Name.Local {
		case "si":
			t.count, struck = t.count+1, false
		case "r":
			struck = false
		case "strike":
			struck = isOn(e)
		}
		return true
	}, func(in string, data []byte) bool {
		if in == "t" && struck && len(bytes.TrimSpace(data)) > 0 {
			t.struck[t.count-1] = true
		}
		return true
	})
	return t, err
}

// has reports whether there is a text of the number that a cell gives, and which.
func (t texts) has(number []byte) (int, bool) {
	n, err := strconv.Atoi(string(bytes.TrimSpace(number)))
	return n, err == nil && n >= 0 && n < t.count
}

// isOn reports whether an element such as <strike/> is not switched off.
func isOn(e xml.StartElement) bool {
	v := attribute(e, "val")
	return v != "0" && v != "false"
}

// struckStyles returns the styles of cells, by number, that strike their text through.
func (s *Sheet) struckStyles() map[string]bool {
	struck := map[string]bool{}
	styles := s.book.Styles
	if styles == nil || styles.CellXfs == nil || styles.Fonts == nil {
		return struck
	}
	for i, style := range styles.CellXfs.Xf {
		if style.FontID == nil || *style.FontID < 0 || *style.FontID >= len(styles.Fonts.Font) || styles.Fonts.Font[*style.FontID] == nil {
			continue
		}
		if on := styles.Fonts.Font[*style.FontID].Strike; on != nil && (on.Val == nil || *on.Val) {
			struck[strconv.Itoa(i)] = true
		}
	}
	return struck
}

// notes returns the rows of the cells that have a note or comments.
func (s *Sheet) notes() (rows []int, err error) {
	comments, err := s.book.GetComments(s.name)
	if err != nil {
		return nil, damaged()
	}
	for _, c := range comments {
		_, row, err := excelize.CellNameToCoordinates(c.Cell)
		if err != nil {
			return nil, damaged()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// warn warns of what the cells of these rows have, if one is below the column names.
func (s *Sheet) warn(rows []int, rule, text, fix string) {
	rows = slices.DeleteFunc(rows, func(row int) bool { return row <= s.first })
	if len(rows) == 0 {
		return
	}
	s.warnings = append(s.warnings, csvlog.Finding{Line: slices.Min(rows), Rule: rule, Text: fmt.Sprintf(text, len(rows)), Fix: fix})
}
