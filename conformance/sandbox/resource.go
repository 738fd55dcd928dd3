package sandbox

import (
	"maps"
	"slices"
	"time"
)

// stored returns the resource as the service shows it in its answer: with the
// id, the version and the national reference, which it sets itself whatever the
// client sent there.
func (v verdict) stored(rec record, now time.Time) []byte {
	doc := maps.Clone(v.doc)
	doc["id"] = rec.id
	meta, _ := doc["meta"].(object)
	meta = maps.Clone(meta)
	if meta == nil {
		meta = object{}
	}
	meta["versionId"] = rec.versionID()
	meta["lastUpdated"] = now.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	doc["meta"] = meta
	doc["extension"] = withReference(list(doc["extension"]), v.tax.byName[groupReference].url, rec.reference)
	return encode(doc)
}

// withReference puts the reference into the reference-metadata group, adding the
// group where there is none. A group added so holds the reference alone, as in
// the answers known from the service, even if the taxonomy wants more in it.
func withReference(extensions []any, group, reference string) []any {
	field := object{"url": fieldReference, "valueString": reference}
	extensions = slices.Clone(extensions)
	for i, item := range extensions {
		ext, ok := item.(object)
		if !ok || ext["url"] != group {
			continue
		}
		fields := slices.DeleteFunc(slices.Clone(list(ext["extension"])), func(f any) bool {
			sub, ok := f.(object)
			return ok && sub["url"] == fieldReference
		})
		ext = maps.Clone(ext)
		ext["extension"] = append(fields, field)
		extensions[i] = ext
		return extensions
	}
	return append(extensions, object{"url": group, "extension": []any{field}})
}
