package client

import "net/http"

// SetHeader puts the key into the header of a request, for programs that call
// another API of the same service, such as its taxonomy API, with an HTTP client
// of their own. A missing key changes nothing. Do not log the header, and do not
// let the client follow redirects: they would hand the key to another host.
func (k Key) SetHeader(h http.Header) {
	if k.secret != nil {
		h.Set("Ocp-Apim-Subscription-Key", *k.secret)
	}
}
