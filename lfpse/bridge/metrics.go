package bridge

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// metrics are what the bridge counts. Labels are ODS codes, states and other words of this
// library: never a reference, a file or a caller.
type metrics struct {
	bridge   *Bridge
	registry *prometheus.Registry

	attempts, taken, files, webhooks, requests, failures *prometheus.CounterVec

	reports, drafts, oldest, paused, line *prometheus.Desc
}

func newMetrics(b *Bridge) *metrics {
	m := &metrics{bridge: b, registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "lfpse", Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		return v
	}
	m.attempts = counter("attempts_total", "Requests to the service that ended, by what became of the report.", "practice", "op", "state")
	m.taken = counter("intake_total", "Reports that came in, by the way they came and what became of them.", "practice", "way", "state")
	m.files = counter("files_total", "Files that were taken in.", "outcome")
	m.webhooks = counter("webhooks_total", "Attempts to call a webhook.", "practice", "outcome")
	m.requests = counter("requests_total", "Requests to the bridge, by route and status.", "route", "status")
	m.failures = counter("failures_total", "Rounds of the bridge's loops that failed.", "loop")
	m.reports = prometheus.NewDesc("lfpse_reports", "Reports in the outbox.", []string{"practice", "state"}, nil)
	m.drafts = prometheus.NewDesc("lfpse_drafts", "Drafts in the outbox that wait for a person.", []string{"practice", "state"}, nil)
	m.oldest = prometheus.NewDesc("lfpse_oldest_seconds", "How long the first of the reports in a state has been in it.", []string{"practice", "state"}, nil)
	m.line = prometheus.NewDesc("lfpse_line_open", "1 while reports are sent to the service, 0 while they wait or a person has to resume.", []string{"reason"}, nil)
	m.paused = prometheus.NewDesc("lfpse_paused", "1 for each practice of which nothing is sent.", []string{"practice"}, nil)
	m.registry.MustRegister(m)
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Describe is part of prometheus.Collector.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.reports, m.drafts, m.oldest, m.line, m.paused} {
		out <- d
	}
}

// Collect reads the gauges from the outbox, which all bridges share.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	if m.bridge.current.Load() == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counts, err := m.bridge.countNow(ctx)
	if err != nil {
		m.failed("metrics")
		return
	}
	for _, c := range counts {
		gauge(m.reports, float64(c.N), c.Practice, c.State)
		gauge(m.oldest, max(0, m.bridge.options.clock().Sub(c.Oldest).Seconds()), c.Practice, c.State)
	}
	box := m.bridge.Outbox()
	if drafts, err := box.CountDrafts(ctx); err == nil {
		for _, c := range drafts {
			gauge(m.drafts, float64(c.N), c.Practice, c.State)
		}
	}
	if line, err := box.Line(ctx); err == nil {
		open := 0.0
		if line.Open(m.bridge.options.clock()) {
			open = 1
		}
		gauge(m.line, open, line.Stopped+line.Reason)
	}
	if paused, err := box.Pauses(ctx); err == nil {
		for practice := range paused {
			gauge(m.paused, 1, practice)
		}
	}
}

// attempt counts an attempt that has ended.
func (m *metrics) attempt(r outbox.Report) {
	m.attempts.WithLabelValues(r.Practice, string(r.Op), string(r.State)).Inc()
}

func (m *metrics) took(practice, way string, r *Result) {
	m.taken.WithLabelValues(practice, way, string(r.State)).Inc()
}

func (m *metrics) file(whole bool) { m.files.WithLabelValues(outcome(whole)).Inc() }

func (m *metrics) webhook(practice string, taken bool) {
	m.webhooks.WithLabelValues(practice, outcome(taken)).Inc()
}

func (m *metrics) request(method, route string, status int) {
	if route == "" {
		route = "none"
	}
	if method == http.MethodGet || method == http.MethodPost { // a method is the caller's word
		m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	}
}

func (m *metrics) failed(loop string) { m.failures.WithLabelValues(loop).Inc() }

func outcome(good bool) string {
	if good {
		return "done"
	}
	return "failed"
}
