package privacy

// ScanWork is what Scan and the deny-list look at in a text, in characters and
// terms, besides going through it once.
func ScanWork(deny *DenyList, text string) (formal, denied int) {
	text = normalise(text)
	sc := scanner{text: text}
	sc.scan()
	ds := denyScanner{list: deny, text: text, prose: true}
	ds.scan()
	return sc.work + sc.run.work, ds.work
}

// Harmless reports whether ScanEvent passes over a code or url.
func Harmless(text string) bool { return harmless(text) }
