package fhirform_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

func archive(t testing.TB, files map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.tgz")
	f, err := os.Create(name)
	require.NoError(t, err)
	zip := gzip.NewWriter(f)
	w := tar.NewWriter(zip)
	for name, text := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zip.Close())
	require.NoError(t, f.Close())
	return name
}

// A taxonomy survives every form it can be kept in.
func TestLoadReadsEveryForm(t *testing.T) {
	for name, tax := range every(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			plain, tgz, folder := filepath.Join(dir, "t.json"), filepath.Join(dir, "t.tgz"), filepath.Join(dir, "t")
			require.NoError(t, os.WriteFile(plain, []byte(native(t, tax)), 0o600))
			f, err := os.Create(tgz)
			require.NoError(t, err)
			require.NoError(t, fhirform.WriteArchive(f, tax))
			require.NoError(t, f.Close())
			require.NoError(t, fhirform.WritePackage(folder, tax))
			for _, form := range []string{plain, tgz, folder, filepath.Join(folder, "package")} {
				got, err := fhirform.Load(form)
				require.NoError(t, err, form)
				assert.Equal(t, native(t, tax), native(t, got), form)
			}
		})
	}
}

func TestPackagesAreDeterministic(t *testing.T) {
	var a, b bytes.Buffer
	require.NoError(t, fhirform.WriteArchive(&a, embedded(t, "6")))
	require.NoError(t, fhirform.WriteArchive(&b, embedded(t, "6")))
	assert.Equal(t, a.Bytes(), b.Bytes())
}

func TestPackageManifestAndIndex(t *testing.T) {
	for version, want := range map[string]string{
		"6": `{"name":"uk.nhs.lfpse.reconstruction","version":"6.0.0-20261122","fhirVersions":["4.0.1"],"dependencies":{"hl7.fhir.r4.core":"4.0.1"}}`,
		"5": `{"name":"uk.nhs.lfpse.reconstruction","version":"5.0.0-20261122","fhirVersions":["3.0.2"],"dependencies":{"hl7.fhir.r3.core":"3.0.2"}}`,
	} {
		dir := t.TempDir()
		require.NoError(t, fhirform.WritePackage(dir, embedded(t, version)))
		text, err := os.ReadFile(filepath.Join(dir, "package", "package.json"))
		require.NoError(t, err)
		var manifest struct {
			Name         string            `json:"name"`
			Version      string            `json:"version"`
			FHIRVersions []string          `json:"fhirVersions"`
			Dependencies map[string]string `json:"dependencies"`
		}
		require.NoError(t, json.Unmarshal(text, &manifest))
		got, err := json.Marshal(manifest)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
		assert.Contains(t, string(text), "Unofficial reconstruction")

		text, err = os.ReadFile(filepath.Join(dir, "package", ".index.json"))
		require.NoError(t, err)
		var index struct {
			Version int `json:"index-version"`
			Files   []struct{ FileName, ResourceType, ID, URL, Content string }
		}
		require.NoError(t, json.Unmarshal(text, &index))
		assert.Equal(t, 2, index.Version)
		entries, err := os.ReadDir(filepath.Join(dir, "package"))
		require.NoError(t, err)
		assert.Len(t, entries, len(index.Files)+2)
		for _, f := range index.Files {
			text, err := os.ReadFile(filepath.Join(dir, "package", f.FileName))
			require.NoError(t, err)
			r, err := fhirform.Parse(text)
			require.NoError(t, err)
			assert.Equal(t, []string{f.ResourceType, f.ID, f.URL}, []string{r.Type, r.ID, r.URL})
			assert.Equal(t, r.Type == fhirform.CodeSystem, f.Content != "")
		}
	}
}

func TestWritePackageDoesNotMixWithOtherFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "package"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "package", "old.json"), nil, 0o600))
	assert.ErrorContains(t, fhirform.WritePackage(dir, small(t, "4.0.1")), "not empty")
}

// Packages of others have more in them than conformance resources.
func TestReadPackageLeavesOutTheRest(t *testing.T) {
	files := map[string]string{
		"package/package.json":                  `{"name":"x"}`,
		"package/.index.json":                   `{}`,
		"package/ImplementationGuide-x.json":    `{"resourceType":"ImplementationGuide","id":"x"}`,
		"package/readme.md":                     "Hello",
		"package/example/AdverseEvent-x.json":   "not even JSON",
		"../../../etc/package/ValueSet-evil.js": "no",
		"../package/ValueSet-evil.json":         "no",
		"/package/ValueSet-evil.json":           "no",
	}
	tax := small(t, "4.0.1")
	for _, r := range write(t, tax) {
		files["package/"+r.Type+"-"+r.ID+".json"] = string(r.JSON)
	}
	got, err := fhirform.Load(archive(t, files))
	require.NoError(t, err)
	assert.Equal(t, native(t, tax), native(t, got))
}

func TestBadPackages(t *testing.T) {
	large := strings.Repeat(" ", fhirform.MaxResource+1)
	many := map[string]string{}
	for i := range 5001 {
		many[fmt.Sprintf("package/ImplementationGuide-%d.json", i)] = "{}"
	}
	huge := map[string]string{"package/x.bin": strings.Repeat(" ", 70<<20)}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":        {map[string]string{"package/package.json": "{}"}, "no StructureDefinition"},
		"broken":         {map[string]string{"package/ValueSet-x.json": `{"resourceType":"ValueSet",`}, "ValueSet-x.json"},
		"duplicate name": {map[string]string{"package/ValueSet-x.json": `{"resourceType":"ValueSet","id":"a","id":"b"}`}, "JSON-DUPLICATE-KEY"},
		"large":          {map[string]string{"package/ValueSet-x.json": large}, "ValueSet-x.json"},
		"many":           {many, "more than 5000 files"},
		"huge":           {huge, "larger than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fhirform.Load(archive(t, c.files))
			assert.ErrorContains(t, err, c.want)
		})
	}
	text, err := os.ReadFile(archive(t, map[string]string{"package/x.json": "{}"}))
	require.NoError(t, err)
	cut := filepath.Join(t.TempDir(), "cut.tgz")
	require.NoError(t, os.WriteFile(cut, text[:len(text)-20], 0o600))
	_, err = fhirform.Load(cut)
	assert.ErrorContains(t, err, "cannot be read to its end")
	require.NoError(t, os.WriteFile(cut, []byte("\x1f\x8bnonsense"), 0o600))
	_, err = fhirform.Load(cut)
	assert.ErrorContains(t, err, "not a gzipped tar file")
	_, err = fhirform.Load(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = fhirform.Load(t.TempDir())
	assert.ErrorContains(t, err, "no StructureDefinition")
}
