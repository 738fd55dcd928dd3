package oneline_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

func newBuilder(t *testing.T) *submission.Builder {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-28" }))
	require.NoError(t, err)
	return b
}

// drafts maps the log with the profile.
func drafts(t *testing.T, b *submission.Builder, opts ...mapping.LogOption) (out []submission.Prepared) {
	data, err := os.ReadFile("profile.yaml")
	require.NoError(t, err)
	p, err := mapping.ParseProfile(data)
	require.NoError(t, err)
	constants, err := p.Compile(b.Form(), "reception")
	require.NoError(t, err)
	m, err := mapping.ReadMap("map.yaml")
	require.NoError(t, err)
	mapper, err := mapping.New(m, b.Form(), mapping.WithProfile(constants))
	require.NoError(t, err)
	assert.Empty(t, mapper.Lint())
	file, err := os.Open("incidents.csv")
	require.NoError(t, err)
	defer file.Close()
	log, err := mapper.Open(file, append(opts, mapping.WithRecords(os.DirFS(".")))...)
	require.NoError(t, err)
	for d, err := range b.PrepareAll(log.Rows(), 1) {
		require.NoError(t, err)
		out = append(out, d)
	}
	assert.Empty(t, log.Warnings())
	return out
}

// Of an incident that affected nobody at most four things are asked, of any other at most
// six, also what may be left open. All are in the first list; and the sandbox, which shares
// no code with the checks, takes every report.
func TestQuestionsOfOneRound(t *testing.T) {
	const most, mostOfNobody = 6, 4
	b := newBuilder(t)
	file, err := os.Open("answers.csv")
	require.NoError(t, err)
	defer file.Close()
	answers, err := mapping.ReadAnswers(file)
	require.NoError(t, err)
	first, then := drafts(t, b), drafts(t, b, mapping.WithAnswers(answers))
	require.Len(t, first, 20)
	require.Len(t, then, 20)
	c := sandboxClient(t, b)
	nobody := 0
	for i := range then {
		before, d := &first[i], &then[i]
		assert.Equal(t, draft.NeedsAnswers, before.State, d.Reference)
		for _, a := range d.Answers {
			assert.True(t, slices.ContainsFunc(before.Questions, func(q lfpse.Question) bool { return q.Target == a.Target }), "%s: %s was not asked in the first round", d.Reference, a.Target)
		}
		for _, issue := range d.Issues {
			assert.NotEqual(t, "MAP-ANSWER-POINTLESS", issue.Rule, d.Reference)
		}
		assert.Empty(t, d.Questions, "%s: nothing is left, not even what may be left open", d.Reference)
		limit := most
		if len(d.Event.Patients) == 0 {
			nobody++
			limit = mostOfNobody
		}
		assert.LessOrEqual(t, len(d.Answers), limit, d.Reference)
		require.Equal(t, draft.Ready, d.State, d.Reference)
		_, err := c.Submit(t.Context(), d.Submission)
		assert.NoError(t, err, d.Reference)
	}
	assert.Equal(t, 8, nobody)
}

func sandboxClient(t *testing.T, b *submission.Builder) *client.Client {
	server, err := sandbox.Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close(context.Background())) })
	e, err := endpoint.New(endpoint.ForSandbox(server.URL(), b.Codec().Taxonomy()))
	require.NoError(t, err)
	c, err := client.New(e)
	require.NoError(t, err)
	return c
}

// The record of each patient who was affected saves two questions or more.
func TestTheRecordSavesQuestions(t *testing.T) {
	b := newBuilder(t)
	arising := func(d *draft.Draft) (n int) {
		for i := range d.Questions {
			if b.Form().Arises(d, &d.Questions[i]) {
				n++
			}
		}
		return n
	}
	records := 0
	for _, d := range drafts(t, b) {
		before := arising(&d.Draft)
		without, had := b.Form().WithoutRecord(&d.Draft)
		assert.Equal(t, len(d.Event.Patients) > 0, had, d.Reference)
		if !had {
			continue
		}
		records++
		b.Prepare(&without)
		assert.GreaterOrEqual(t, arising(&without), before+2, d.Reference)
		b.Prepare(&d.Draft)
		assert.Equal(t, before, arising(&d.Draft), "%s: the draft itself does not change", d.Reference)
	}
	assert.Equal(t, 12, records)
}
