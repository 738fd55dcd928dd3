package main

import "slices"

// structChoices lists the struct types that are fields of a choice without being
// pointers, so that only their content tells whether the field is set.
func (m *model) structChoices() []structType {
	var types []structType
	for _, s := range m.structs {
		if slices.ContainsFunc(m.structs, func(parent structType) bool {
			return slices.ContainsFunc(parent.fields, func(f field) bool {
				return f.choice != "" && !f.pointer && f.typ == s.name
			})
		}) {
			types = append(types, s)
		}
	}
	return types
}

// choiceNames maps each property that is one type of a choice to the name of the
// choice, such as valueCode to value.
func (m *model) choiceNames() map[string]string {
	names := map[string]string{}
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.choice != "" {
				names[f.json] = f.choice
			}
		}
	}
	return names
}

// plainNames lists the properties that are a choice in one type but an element of
// their own in another, with the names of the elements of that other type.
func (m *model) plainNames() map[string][]string {
	names := map[string][]string{}
	isChoice := m.choiceNames()
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.choice == "" && isChoice[f.json] != "" {
				names[f.json] = append(names[f.json], m.elementsOf(s.name)...)
			}
		}
	}
	return names
}

// elementsOf lists the names of the elements of the type called typ.
func (m *model) elementsOf(typ string) []string {
	var names []string
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.typ == typ && !slices.Contains(names, f.json) {
				names = append(names, f.json)
			}
		}
	}
	return names
}

// counter is the variable that counts the values of a choice.
func counter(choice string) string { return choice + "s" }

// choices lists the choices of the struct in the order of their fields.
func (s structType) choices() []string {
	var names []string
	for _, f := range s.fields {
		if f.choice != "" && !slices.Contains(names, f.choice) {
			names = append(names, f.choice)
		}
	}
	return names
}

// needs reports whether a choice is required.
func (s structType) needs(choice string) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool { return f.choice == choice && f.needed })
}
