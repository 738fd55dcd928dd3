package bridge

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
)

// serving is what the listener of the HTTP interface needs.
type serving struct {
	tls *tls.Config // nil for plain HTTP
}

// loadHTTP reads the certificates and tokens of the HTTP interface.
func (s *setup) loadHTTP(fs *findings) {
	c := s.cfg.HTTP
	s.loadPage(fs)
	if c.Address == "" {
		if len(c.Callers) > 0 {
			fs.add(RuleListen, "http.address", "There are callers and no address.", "State the address to listen on.")
		}
		return
	}
	checkAddress(fs, "http.address", c.Address, c.BehindProxy || c.TLS.Certificate != "")
	s.loadServerTLS(fs)
	names := map[string]bool{}
	for i, caller := range c.Callers {
		s.loadCaller(fs, at("http.callers", i, ""), caller, names)
	}
}

// loadPage reads the accounts of the page.
func (s *setup) loadPage(fs *findings) {
	c := s.cfg.Page
	if c.Address != "" {
		checkAddress(fs, "page.address", c.Address, false)
		if c.Address == s.cfg.HTTP.Address && !strings.HasSuffix(c.Address, ":0") {
			fs.add(RuleListen, "page.address", "This is the address of the HTTP interface.", "Leave it out to serve the page there, or state another.")
		}
	}
	if c.Users != "" {
		var err error
		if s.users, err = page.LoadUsers(c.Users); errors.Is(err, os.ErrNotExist) {
			fs.add(RuleListen, "page.users", "There is no such file of accounts.", "Make it with lfpse bridge --config FILE --user NAME, or leave page.users out.")
		} else if err != nil {
			fs.failed(RuleListen, "page.users", "The accounts of the page cannot be used", err)
		}
	}
	var err error
	if s.proxy.From, err = c.proxyPrefixes(); err != nil {
		fs.failed(RuleListen, "page.proxies", "The proxies of the page cannot be used", err)
	}
	s.proxy.UserHeader = c.UserHeader
}

// checkAddress refuses an address that others can reach without TLS.
func checkAddress(fs *findings, path, address string, protected bool) {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		fs.add(RuleListen, path, "This is not an address to listen on.", "Write it as 127.0.0.1:8686.")
	case !rest.Loopback(host) && !protected:
		fs.add(RuleListen, path, "Others can reach this address, and it has no TLS.",
			"Listen on 127.0.0.1; for the HTTP interface set tls, or behindProxy if a proxy in front of it does TLS.")
	}
}

func (s *setup) loadServerTLS(fs *findings) {
	t := s.cfg.HTTP.TLS
	if t == (TLS{}) {
		return
	}
	s.serving.tls = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	cert, err := os.ReadFile(t.Certificate)
	if err != nil {
		fs.add(RuleListen, "http.tls.certificate", "The certificate cannot be read.", "Name a file in PEM form.")
		return
	}
	key, err := t.Key.Read()
	if err != nil {
		fs.failed(RuleSecret, "http.tls.key", "The key of the certificate cannot be used", err)
		return
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		fs.add(RuleListen, "http.tls.certificate", "The certificate and its key are not a pair in PEM form.", "")
	}
	s.serving.tls.Certificates = []tls.Certificate{pair}
	if t.Clients == "" {
		return
	}
	s.serving.tls.ClientCAs, s.serving.tls.ClientAuth = certificates(fs, RuleListen, "http.tls.clients", t.Clients), tls.VerifyClientCertIfGiven
}

func (s *setup) loadCaller(fs *findings, path string, c Caller, names map[string]bool) {
	if names[c.Name] || !nameGrammar.MatchString(c.Name) {
		fs.add(RuleCaller, path+".name", "The name is missing, is that of another caller, or has other than 1 to 40 letters, digits, dots, hyphens and underscores.",
			"Name it after the system; the name stays the same for as long as the system reports.")
	}
	names[c.Name] = true
	loaded := &caller{Caller: c}
	switch {
	case c.Token.IsZero() == (c.Certificate == ""):
		fs.add(RuleCaller, path, "A caller has a token or a certificate.", "State one of the two.")
	case c.Certificate != "" && s.cfg.HTTP.TLS.Clients == "":
		fs.add(RuleCaller, path+".certificate", "No authorities of certificates are named.", "State http.tls.clients.")
	case !c.Token.IsZero():
		word, err := readWord(c.Token)
		if err == nil && len(word) < 32 {
			err = errors.New("a token has at least 32 characters")
		}
		if err != nil {
			fs.failed(RuleSecret, path+".token", "The token cannot be used", err)
		}
		loaded.token = sha256.Sum256([]byte(word))
	}
	for _, ods := range c.Practices {
		if !s.has(ods) {
			fs.add(RuleCaller, path+".practices", "A practice of the caller is not in the configuration.", "List it under practices.")
		}
	}
	s.callers = append(s.callers, loaded)
}

// may reports whether the caller may report for a practice, or ask about its reports.
func (c *caller) may(s *setup, practice string) bool {
	return s.has(practice) && (len(c.Practices) == 0 || slices.Contains(c.Practices, practice))
}

// identify returns the caller of a request, nil if it is none.
func (s *setup) identify(r *http.Request) *caller {
	const scheme = "Bearer "
	if header := r.Header.Get("Authorization"); len(header) > len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
		var found *caller
		sum := sha256.Sum256([]byte(header[len(scheme):]))
		for _, c := range s.callers { // all of them, so that the time says nothing
			if subtle.ConstantTimeCompare(sum[:], c.token[:]) == 1 && !c.Token.IsZero() {
				found = c
			}
		}
		return found
	}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil
	}
	name := r.TLS.VerifiedChains[0][0].Subject.CommonName
	for _, c := range s.callers {
		if c.Certificate != "" && c.Certificate == name {
			return c
		}
	}
	return nil
}

// server is one listener with what it serves.
type server struct {
	http     *http.Server
	listener net.Listener
}

// listen opens the listeners of a configuration.
func (b *Bridge) listen(c Config) error {
	page := http.Handler(nil)
	if b.options.page { // that of the present configuration
		page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.current.Load().page.ServeHTTP(w, r) })
	}
	if c.HTTP.Address != "" {
		mounted := page
		if c.Page.Address != "" {
			mounted = nil
		}
		if err := b.addServer(c.HTTP.Address, b.handler(true, mounted), c.HTTP.TLS.Certificate != ""); err != nil {
			return err
		}
	}
	if c.Page.Address != "" {
		return b.addServer(c.Page.Address, b.handler(false, page), false)
	}
	return nil
}

func (b *Bridge) addServer(address string, h http.Handler, withTLS bool) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return &ListenError{address, err}
	}
	if withTLS { // by the certificates of the present configuration
		l = tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return b.current.Load().setup.serving.tls, nil
		}})
	}
	b.servers = append(b.servers, &server{listener: l, http: &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
	}})
	return nil
}

// ListenError says that the bridge cannot listen on an address, such as when another program
// does.
type ListenError struct {
	Address string
	Err     error
}

// Error names the address and the reason.
func (e *ListenError) Error() string {
	if errors.Is(e.Err, syscall.EADDRINUSE) {
		return "another program listens on " + e.Address + " already"
	}
	return "the address " + e.Address + " cannot be listened on: " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *ListenError) Unwrap() error { return e.Err }

// Addresses returns where the bridge listens: the HTTP interface first, then the page.
func (b *Bridge) Addresses() (all []string) {
	for _, s := range b.servers {
		all = append(all, s.listener.Addr().String())
	}
	return all
}

func (s *server) serve(log *slog.Logger) {
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("a listener has ended", "error", err)
		}
	}()
}

// stop lets requests under way end, within a bound.
func (s *server) stop(bound time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
}

// handler serves health and metrics, the interface for other systems if it is wanted, and
// a page if there is one.
func (b *Bridge) handler(api bool, page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", b.health)
	mux.HandleFunc("GET /readyz", b.ready)
	mux.Handle("GET /metrics", b.metrics.handler())
	if page != nil {
		mux.HandleFunc("POST /launch", b.called(b.postLaunch, "practice", "user"))
	}
	if api && !b.Config().Form.alone {
		mux.HandleFunc("GET /openapi.json", description)
		mux.HandleFunc("POST /v1/reports", b.called(b.postReports, "practice"))
		mux.HandleFunc("GET /v1/reports/{reference...}", b.called(b.getReports, "practice"))
		mux.HandleFunc("GET /v1/receipts", b.called(b.getReceipts, "practice", "after", "format"))
		nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			problemOf(http.StatusNotFound, "not-found", "There is no such call.", "The calls, with their methods, are described at /openapi.json.").write(w)
		})
		mux.Handle("/v1/", nothing) // and not the page, which is for people
		if page == nil {
			page = nothing
		}
	}
	if page != nil {
		mux.Handle("/", page)
	}
	return b.logged(mux)
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = cmp.Or(r.status, status)
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// logged logs each request by its route, never by its path or query, which hold
// references. A handler that panics is answered without the value.
func (b *Bridge) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec, began := &recorder{ResponseWriter: w}, time.Now()
		r, span := b.options.begin(r)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					end(span, r.Pattern, http.StatusInternalServerError)
					panic(p)
				}
				b.log.Error("a request could not be answered because of a fault of this program", "route", r.Pattern)
				if rec.status == 0 {
					problemOf(http.StatusInternalServerError, "fault", "The bridge has a fault.", "").write(rec)
				}
			}
			status := cmp.Or(rec.status, http.StatusOK)
			b.metrics.request(r.Method, r.Pattern, status)
			end(span, r.Pattern, status)
			b.log.Debug("request", "method", r.Method, "route", r.Pattern, "status", status, "took", time.Since(began).Round(time.Microsecond))
		}()
		next.ServeHTTP(rec, r)
	})
}

// maxCalls is how many calls are answered at once: each may hold a body in memory.
const maxCalls = 32

// called answers a call, with some parameters, of a system that may call.
func (b *Bridge) called(answer func(http.ResponseWriter, *http.Request, *run, *caller) *problem, parameters ...string) http.HandlerFunc {
	places := make(chan struct{}, maxCalls)
	return func(w http.ResponseWriter, r *http.Request) {
		run := b.current.Load()
		c := run.setup.identify(r)
		if c == nil {
			problemOf(http.StatusUnauthorized, "unauthorised", "Who calls is not known.", "Send the token of the caller, or use its certificate.").write(w)
			return
		}
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			busy("Too many calls are being answered.", time.Second).write(w)
			return
		}
		p := strayParameter(r, parameters)
		if p == nil {
			p = answer(w, r, run, c)
		}
		if p != nil {
			p.write(w)
		}
	}
}

// strayParameter refuses a call whose address has a parameter that is not known, or has one
// twice: a practice that is misspelt would be another one.
func strayParameter(r *http.Request, known []string) *problem {
	query, err := url.ParseQuery(r.URL.RawQuery)
	for name, values := range query {
		if !slices.Contains(known, name) || len(values) > 1 {
			err = errors.New("stray")
		}
	}
	if err == nil {
		return nil
	}
	return problemOf(http.StatusBadRequest, "parameter", "The address has a parameter that is not known, or one twice.", "Its parameters are "+strings.Join(known, ", ")+".")
}

func busy(why string, after time.Duration) *problem {
	p := problemOf(http.StatusServiceUnavailable, "busy", "The bridge takes nothing in now.", why)
	p.after = after
	return p
}
