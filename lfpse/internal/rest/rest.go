// Package rest builds the resty client on which all requests are made.
package rest

import (
	"net/http"

	"github.com/go-resty/resty/v2"
)

// New returns a request builder on a transport. Everything in resty that repeats,
// follows, stores, decodes or prints is off; net/http cannot repeat a request either,
// since it cannot get the body a second time. Cookies are not kept. limit bounds the
// bytes of an answer, after decompression.
func New(rt http.RoundTripper, limit int) *resty.Client {
	hc := &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return resty.NewWithClient(hc).
		SetRetryCount(0).
		SetResponseBodyLimit(limit).
		SetLogger(silent{}).
		SetDisableWarn(true).
		SetPreRequestHook(func(_ *resty.Client, r *http.Request) error {
			r.GetBody = nil
			if r.ContentLength == 0 { // resty gives a DELETE an empty body, which a busy computer sends in chunks
				r.Body = http.NoBody
			}
			return nil
		})
}

// silent discards what resty would print, which holds urls.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
