package mapping

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// The limits of an expression. They and the lists below keep its work in proportion to the
// cells that it reads: it has no loops, no variables, and makes no text beyond the limit.
const (
	maxExpression = 1_000    // bytes of its source
	maxComputed   = 64 << 10 // bytes of a text that it makes
)

// expressionFunctions are what an expression may call. None reads a clock, a file or the
// environment.
var expressionFunctions = map[string]bool{
	"lower": true, "upper": true, "trim": true, "trimPrefix": true, "trimSuffix": true, "len": true, "int": true, "string": true,
	"replace": true, "part": true, // our own
}

var expressionOperators = map[string]bool{
	"and": true, "or": true, "&&": true, "||": true, "not": true, "!": true, "==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
	"in": true, "contains": true, "startsWith": true, "endsWith": true, "matches": true, "+": true, "-": true, "*": true, "/": true, "%": true,
}

// expression is a compiled expression. It is safe for concurrent use.
type expression struct {
	program *vm.Program
	names   []string // of the columns that it reads, as it writes them
	columns []int    // their indexes
}

// expressionEnv is what an expression can see: the cells of a row by the names of their
// columns.
type expressionEnv struct {
	Row map[string]string `expr:"row"`
}

// expressionOptions allow what the lists above allow, for a result of a kind.
func expressionOptions(kind reflect.Kind) []expr.Option {
	options := []expr.Option{
		expr.Env(expressionEnv{}), expr.AsKind(kind), expr.DisableAllBuiltins(),
		expr.Function("replace", func(p ...any) (any, error) { return replaced(p[0].(string), p[1].(string), p[2].(string)) }, new(func(text, old, with string) string)),
		expr.Function("part", func(p ...any) (any, error) { return partOf(p[0].(string), p[1].(string), p[2].(int)), nil }, new(func(text, separator string, n int) string)),
		expr.Function("joined", func(p ...any) (any, error) {
			return short(len(p[0].(string))+len(p[1].(string)), func() string { return p[0].(string) + p[1].(string) })
		}, new(func(a, b string) string)),
		expr.Operator("+", "joined"),
	}
	for name := range expressionFunctions {
		if name != "replace" && name != "part" {
			options = append(options, expr.EnableBuiltin(name))
		}
	}
	return options
}

var errTooLong = errors.New("the expression makes a text of more than 64 KiB")

// short makes a text whose length is known, unless it is too long.
func short(size int, text func() string) (string, error) {
	if size > maxComputed {
		return "", errTooLong
	}
	return text(), nil
}

func replaced(text, old, with string) (string, error) {
	return short(len(text)+strings.Count(text, old)*max(0, len(with)-len(old)), func() string { return strings.ReplaceAll(text, old, with) })
}

// partOf is the nth part of a text between separators, counted from 0, empty if there is
// none.
func partOf(text, separator string, n int) string {
	for ; n > 0; n-- {
		var more bool
		if _, text, more = strings.Cut(text, separator); !more || separator == "" {
			return ""
		}
	}
	if n < 0 || separator == "" {
		return ""
	}
	text, _, _ = strings.Cut(text, separator)
	return strings.TrimSpace(text)
}

// expressionError is a mistake, and where in the expression it is, counted from 1.
type expressionError struct {
	line, column int
	text         string
}

func mistake(source string, at file.Location, format string, args ...any) *expressionError {
	bound := (&file.Error{Location: at}).Bind(file.NewSource(source))
	return &expressionError{bound.Line, bound.Column + 1, fmt.Sprintf(format, args...)}
}

// columnIn is the name of a column in an expression, and where it stands, in runes.
type columnIn struct {
	name     string
	from, to int
}

// readExpression parses an expression and returns the columns that it reads.
func readExpression(source string) ([]columnIn, *expressionError) {
	if len(source) > maxExpression {
		return nil, &expressionError{1, 1, fmt.Sprintf("an expression has at most %d bytes", maxExpression)}
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return nil, compileError(err)
	}
	r := expressionReader{source: source}
	r.read(tree.Node)
	return r.columns, r.wrong
}

// compileError is the mistake that the parser or the type checker has found.
func compileError(err error) *expressionError {
	if placed := new(file.Error); errors.As(err, &placed) {
		return &expressionError{max(1, placed.Line), placed.Column + 1, placed.Message}
	}
	return &expressionError{1, 1, err.Error()}
}

// expressionReader goes through an expression and refuses what is in neither list.
type expressionReader struct {
	source  string
	columns []columnIn
	wrong   *expressionError // the first
}

func (r *expressionReader) refuse(n ast.Node, format string, args ...any) {
	if r.wrong == nil {
		r.wrong = mistake(r.source, n.Location(), format, args...)
	}
}

func (r *expressionReader) read(n ast.Node) {
	switch n := n.(type) {
	case nil, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
	case *ast.UnaryNode:
		r.operator(n, n.Operator)
		r.read(n.Node)
	case *ast.BinaryNode:
		r.operator(n, n.Operator)
		if _, constant := n.Right.(*ast.StringNode); n.Operator == "matches" && !constant {
			r.refuse(n, "after matches stands a pattern in quotes")
		}
		r.all(n.Left, n.Right)
	case *ast.ConditionalNode:
		r.all(n.Cond, n.Exp1, n.Exp2)
	case *ast.SliceNode:
		r.all(n.Node, n.From, n.To)
	case *ast.ArrayNode:
		r.all(n.Nodes...)
	case *ast.MemberNode:
		r.column(n)
	case *ast.BuiltinNode:
		r.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		name, _ := n.Callee.(*ast.IdentifierNode)
		if name == nil {
			r.refuse(n, "this cannot be called")
			return
		}
		r.call(n, name.Value, n.Arguments)
	case *ast.IdentifierNode:
		r.refuse(n, "%q is not known here; a cell is written as row[\"name of the column\"]", n.Value)
	default:
		r.refuse(n, "an expression of a map cannot have this: it has cells, texts, numbers, comparisons and a few functions")
	}
}

func (r *expressionReader) all(nodes ...ast.Node) {
	for _, n := range nodes {
		if n != nil {
			r.read(n)
		}
	}
}

func (r *expressionReader) operator(n ast.Node, name string) {
	if !expressionOperators[name] {
		r.refuse(n, "an expression of a map has no operator %s", name)
	}
}

func (r *expressionReader) call(n ast.Node, name string, arguments []ast.Node) {
	if known := slices.Sorted(maps.Keys(expressionFunctions)); !expressionFunctions[name] {
		r.refuse(n, "there is no function %q; there is %s%s", name, strings.Join(known, ", "), nearest.Hint(name, known))
	}
	r.all(arguments...)
}

// column notes a cell.
func (r *expressionReader) column(n *ast.MemberNode) {
	row, _ := n.Node.(*ast.IdentifierNode)
	name, _ := n.Property.(*ast.StringNode)
	if row == nil || row.Value != "row" || name == nil || !quoted(r.source, name.Location()) {
		r.refuse(n, "a cell is written as row[\"name of the column\"]")
		return
	}
	r.columns = append(r.columns, columnIn{name.Value, name.Location().From, name.Location().To})
}

// quoted reports whether there are quotes at a place.
func quoted(source string, at file.Location) bool {
	runes := []rune(source)
	return at.From < len(runes) && strings.ContainsRune("\"'`", runes[at.From])
}

// renameIn gives the columns of an expression other names. One that cannot be read is left
// as it is, since New says what is wrong with it.
func renameIn(source string, visit func(*string)) string {
	columns, wrong := readExpression(source)
	if wrong != nil {
		return source
	}
	runes := []rune(source)
	slices.SortFunc(columns, func(a, b columnIn) int { return b.from - a.from })
	for _, c := range columns {
		name := c.name
		if visit(&name); name != c.name {
			runes = slices.Concat(runes[:c.from], []rune(fmt.Sprintf("%q", name)), runes[c.to:])
		}
	}
	return string(runes)
}

// expression compiles an expression that stands at a path of the map, nil if it is wrong.
func (c *compiler) expression(path, source string, kind reflect.Kind) *expression {
	columns, wrong := readExpression(source)
	if wrong == nil && len(columns) == 0 {
		wrong = &expressionError{1, 1, "the expression reads no cell, so it is the same for every row"}
	}
	e := &expression{}
	if wrong == nil {
		var err error
		if e.program, err = expr.Compile(source, expressionOptions(kind)...); err != nil {
			wrong = compileError(err)
		}
	}
	if wrong != nil {
		c.wrongExpression(path, wrong)
		return nil
	}
	for _, column := range columns {
		if !slices.Contains(e.names, column.name) {
			e.names, e.columns = append(e.names, column.name), append(e.columns, c.column(column.name))
		}
	}
	return e
}

// wrongExpression reports a mistake where it stands in the file, or else where in the
// expression.
func (c *compiler) wrongExpression(path string, wrong *expressionError) {
	at, inFile := c.m.places[path+".text"]
	if !inFile {
		c.report("MAP-EXPRESSION", "%s, line %d, column %d: %s", path, wrong.line, wrong.column, wrong.text)
		return
	}
	at.line, at.column = at.line+wrong.line-1, at.column+wrong.column-1
	c.findings = append(c.findings, finding(at, "MAP-EXPRESSION", "%s: %s", path, wrong.text))
}

// compute runs an expression on the cells of the row. The error does not quote them.
func (r *rowMapper) compute(e *expression) (any, error) {
	row := make(map[string]string, len(e.names))
	for i, name := range e.names {
		row[name] = r.cells[e.columns[i]]
	}
	out, err := expr.Run(e.program, expressionEnv{row})
	switch {
	case errors.Is(err, errTooLong):
		return nil, errTooLong
	case err != nil:
		return nil, errors.New("the expression of the map cannot be worked out for what these cells hold")
	}
	if text, is := out.(string); is && !utf8.ValidString(text) {
		return nil, errors.New("the expression of the map cuts a letter in two")
	}
	return out, nil
}

// named lists columns as a trace names them.
func named(names []string) string {
	if n := len(names) - 1; n > 0 {
		return "columns " + strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return "column " + strings.Join(names, ", ")
}
