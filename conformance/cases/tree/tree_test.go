package tree_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
)

func TestRoundTrip(t *testing.T) {
	for _, text := range []string{
		`{"b":1,"a":[true,false,null,"<&>\n",{"x":{}}],"b":2}`,
		`[]`, `"text"`, `-1.50e+3`, `null`,
	} {
		v, err := tree.Parse([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, text, string(tree.Append(nil, v)))
		again, err := tree.Parse(tree.Format(v))
		require.NoError(t, err, text)
		assert.Equal(t, v, again)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{``, `{`, `{"a"}`, `[1`, `{} {}`, `{"a":[}`} {
		_, err := tree.Parse([]byte(text))
		assert.Error(t, err, text)
	}
	assert.Panics(t, func() { tree.MustParse("{") })
}

func TestCloneSharesNothing(t *testing.T) {
	v := tree.MustParse(`{"a":[{"b":"c"}]}`)
	c := tree.Clone(v).(*tree.Object)
	c.List("a")[0].(*tree.Object).Set("b", "changed")
	assert.Equal(t, `{"a":[{"b":"c"}]}`, string(tree.Append(nil, v)))
}

func TestObject(t *testing.T) {
	o := tree.MustParse(`{"a":"1","b":[2],"a":"3"}`).(*tree.Object)
	assert.Equal(t, "1", o.Text("a"))
	assert.Empty(t, o.Text("b"))
	assert.Nil(t, o.Get("c"))
	assert.Len(t, o.List("b"), 1)
	assert.Nil(t, o.List("a"))
	o.Remove("a")
	o.Set("c", true)
	assert.Equal(t, `{"b":[2],"c":true}`, string(tree.Append(nil, o)))
}

func TestFormatBreaksLongLines(t *testing.T) {
	v := tree.MustParse(`{"first":["` + string(make110()) + `"],"second":{"short":1}}`)
	assert.Equal(t, "{\n \"first\": [\n  \""+string(make110())+"\"\n ],\n \"second\": {\"short\":1}\n}\n", string(tree.Format(v)))
}

func make110() []byte {
	b := make([]byte, 110)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

func Example() {
	event := tree.MustParse(`{"resourceType":"AdverseEvent","actuality":"potential"}`).(*tree.Object)
	event.Set("actuality", "actual")
	event.Set("date", "2026-03-11")
	fmt.Printf("%s", tree.Format(event))
	// Output: {"resourceType":"AdverseEvent","actuality":"actual","date":"2026-03-11"}
}
