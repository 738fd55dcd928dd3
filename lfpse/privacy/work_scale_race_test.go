//go:build race

package privacy_test

// workScale keeps the hostile texts short where every access is checked.
const workScale = 10
