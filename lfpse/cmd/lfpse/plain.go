package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// inPlainWords is the text of an error, in which what the operating system said about a
// file is put so that everybody understands it.
func inPlainWords(err error) string {
	text := err.Error()
	var file *fs.PathError
	if !errors.As(err, &file) {
		return text
	}
	plain := ""
	switch {
	case errors.Is(file, fs.ErrNotExist):
		plain = fmt.Sprintf("there is no %s: check the name and the folder", clean(file.Path))
	case errors.Is(file, fs.ErrPermission):
		plain = fmt.Sprintf("%s may not be opened by this user", clean(file.Path))
	default:
		return text
	}
	return strings.Replace(text, file.Error(), plain, 1)
}

// named reads the name of a file or a folder that must be there. It stays as it was typed,
// because messages show it.
func named(folder bool) kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		var name string
		if err := ctx.Scan.PopValueInto("file", &name); err != nil || !ctx.Value.Active {
			return err
		}
		if strings.HasPrefix(name, "~/") { // a shell leaves it so after --flag=
			name = kong.ExpandPath(name)
		}
		target.SetString(name)
		if name == "-" && !folder {
			return nil
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return err
		case info.IsDir() && !folder:
			return fmt.Errorf("%s is a folder; give a file", clean(name))
		case !info.IsDir() && folder:
			return fmt.Errorf("%s is a file; give a folder", clean(name))
		}
		return nil
	}
}

// noNumber is how the parser of the arguments says that something is no number.
var noNumber = regexp.MustCompile(`expected a valid \d+ bit u?int but got ("(?:[^"\\]|\\.)*")`)

// usage says what is wrong with the arguments, and which help to read.
func usage(err error) string {
	command := "lfpse"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil {
		for _, p := range wrong.Context.Path {
			if p.Command != nil {
				command += " " + p.Command.Name
			}
		}
	}
	text := inPlainWords(err) + meant(err.Error())
	text = noNumber.ReplaceAllString(text, "a whole number must stand here, not $1")
	text = strings.Replace(text, `must be one of "",`, "must be one of ", 1) // the flag left out
	if what, missing := strings.CutPrefix(text, `expected "`); missing {
		text = "this is missing: " + strings.TrimSuffix(what, `"`)
	}
	return fmt.Sprintf("lfpse: %s\nTry: %s --help", text, command)
}
