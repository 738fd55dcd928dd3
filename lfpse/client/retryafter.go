package client

import (
	"net/http"
	"strings"
	"time"
)

const maxRetryAfter = time.Hour

// parseRetryAfter reads a Retry-After header, seconds or an HTTP date. It returns
// 0 for a header that is missing, malformed, negative or in the past, and at most
// one hour: a server that is wrong about this must not stop reporting for days.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		return retrySeconds(value)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// retrySeconds reads digits of any number.
func retrySeconds(digits string) time.Duration {
	var d time.Duration
	for i := range len(digits) {
		d = d*10 + time.Duration(digits[i]-'0')*time.Second
		if d >= maxRetryAfter {
			return maxRetryAfter
		}
	}
	return d
}
