//go:build !race

package privacy_test

// workScale makes the hostile texts 10 MB long.
const workScale = 1000
