package fhirform

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Many validators evaluate constraints and pass over the rules of slicing and what a
// slice says about its value. The constraints here say the same in FHIRPath.

// invariant makes a constraint of this package.
func invariant(key, human, expression string) constraint {
	return constraint{Key: key, Severity: "error", Human: human, Expression: expression}
}

// onlyURLs says that extensions have no other urls than these.
func onlyURLs(human string, urls []string) constraint {
	return invariant("lfpse-closed", human, "extension.url.all($this in ("+quoted(urls)+"))")
}

// nowhereElse says that the data types in a resource have no extensions. Elements that
// a snapshot lists say so themselves.
func nowhereElse(types []baseElement) constraint {
	root := types[0].Path + "."
	var none []string
	for i := range types[1:] {
		b := &types[i+1]
		if len(b.Type) == 0 {
			continue
		}
		switch code := b.Type[0].Code; {
		case code == "Extension", code == "Resource", code == "BackboneElement", strings.ToUpper(code[:1]) != code[:1]:
		default:
			none = append(none, strings.TrimSuffix(strings.TrimPrefix(b.Path, root), "[x]")+".extension.empty()")
		}
	}
	return invariant("lfpse-elsewhere", "Only the resource itself has extensions.", strings.Join(none, " and "))
}

// declared says that a record declares its profile.
func declared(url string) constraint {
	return invariant("lfpse-declared", "The record declares this profile.", "meta.profile.where($this = '"+url+"').exists()")
}

// quoted is a FHIRPath collection of strings.
func quoted(texts []string) string { return "'" + strings.Join(texts, "' | '") + "'" }

// subtypes are those that FHIRPath takes for their base type as well.
var subtypes = map[taxonomy.Type][]string{"string": {"code", "id", "markdown"}, "integer": {"positiveInt", "unsignedInt"}}

// fieldTypes says of which type the values of the fields are, one constraint a type.
func fieldTypes(fields []taxonomy.Field) (out []constraint) {
	names := map[taxonomy.Type][]string{}
	var order []taxonomy.Type
	for i := range fields {
		f := &fields[i]
		if !slices.Contains(order, f.Type) {
			order = append(order, f.Type)
		}
		names[f.Type] = append(names[f.Type], f.Name)
	}
	for _, t := range order {
		is := "value is " + string(t)
		for _, sub := range subtypes[t] {
			is += " and (value is " + sub + ").not()"
		}
		out = append(out, invariant("lfpse-type-"+string(t), "These fields have a value of type "+string(t)+".", "extension.where(url in ("+quoted(names[t])+")).all("+is+")"))
	}
	return out
}
