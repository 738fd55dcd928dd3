package page

import (
	"net/http"
	"slices"
	"strings"
)

// typed is what somebody has sent whose session had ended. It is in the pages that they see
// until they have signed in, and nowhere else.
type typed struct {
	Path   string
	Fields []typedField
}

type typedField struct{ Name, Value string }

// The names that the fields have in the form to sign in.
const (
	typedPath   = "typed"
	typedPrefix = "typed."
)

// PathName and CarriedName are for the template.
func (*typed) PathName() string          { return typedPath }
func (f typedField) CarriedName() string { return typedPrefix + f.Name }

// SignInFirst leads whoever has not signed in to where they can, and back to a path of a part
// after that. What they have typed in a form meanwhile is not lost: they can send it again.
func (p *Page) SignInFirst(w http.ResponseWriter, r *http.Request, to string) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		http.Redirect(w, r, "/sign-in?to="+to, http.StatusSeeOther)
		return
	}
	was := &typed{Path: r.URL.Path}
	for name, values := range r.PostForm {
		for _, value := range values {
			was.Fields = append(was.Fields, typedField{name, value})
		}
	}
	was.sort()
	p.render(w, r, view{template: "signin", Title: "Sign in", status: http.StatusUnauthorized, To: to, Typed: was})
}

// typedBefore reads back what the form to sign in has carried, nil if that is nothing.
func typedBefore(r *http.Request) *typed {
	was := &typed{Path: r.PostFormValue(typedPath)}
	if !strings.HasPrefix(was.Path, "/") || strings.HasPrefix(was.Path, "//") || strings.Contains(was.Path, "\\") {
		return nil
	}
	for name, values := range r.PostForm {
		if own, ok := strings.CutPrefix(name, typedPrefix); ok {
			for _, value := range values {
				was.Fields = append(was.Fields, typedField{own, value})
			}
		}
	}
	was.sort()
	return was
}

// sort puts the fields in an order that does not change; values of one name keep theirs.
func (t *typed) sort() {
	slices.SortStableFunc(t.Fields, func(a, b typedField) int { return strings.Compare(a.Name, b.Name) })
}
