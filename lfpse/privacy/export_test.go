package privacy

// IsPlainCode reports whether the screen passes over a code or url.
func IsPlainCode(text string) bool { return isPlainCode(text) }
