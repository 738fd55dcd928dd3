package fhirform

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// PackageName is the name of the FHIR packages that this package writes. It says
// reconstruction so that nobody mistakes one for an official package.
const PackageName = "uk.nhs.lfpse.reconstruction"

// packed is a file of a FHIR package.
type packed struct {
	name string // below package/
	text []byte
}

// WritePackage writes a taxonomy as a FHIR package: dir/package with package.json,
// .index.json and a JSON file for each resource. The bytes are the same for the
// same taxonomy. It fails if dir/package has files already, since a stale resource
// would become part of the package.
func WritePackage(dir string, t *taxonomy.Taxonomy) error {
	files, err := packageFiles(t)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "package")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if have, err := os.ReadDir(dir); err != nil {
		return err
	} else if len(have) > 0 {
		return fmt.Errorf("%s is not empty; choose another folder", dir)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// WriteArchive writes the package of [WritePackage] as a gzipped tar file, the form in
// which FHIR packages are distributed. All files in it have the same fixed time.
func WriteArchive(w io.Writer, t *taxonomy.Taxonomy) error {
	files, err := packageFiles(t)
	if err != nil {
		return err
	}
	zip := gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	for _, f := range files {
		head := &tar.Header{Name: "package/" + f.name, Mode: 0o644, Size: int64(len(f.text)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(head); err != nil {
			return err
		}
		if _, err := archive.Write(f.text); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), zip.Close())
}

func packageFiles(t *taxonomy.Taxonomy) ([]packed, error) {
	resources, err := Write(t)
	if err != nil {
		return nil, err
	}
	extensions, err := Definitions(t)
	if err != nil {
		return nil, err
	}
	resources = append(resources, extensions...)
	manifest, err := indented(newManifest(t))
	if err != nil {
		return nil, err
	}
	index, err := indented(newIndex(resources))
	if err != nil {
		return nil, err
	}
	files := []packed{{"package.json", manifest}, {".index.json", index}}
	for _, r := range resources {
		var buf bytes.Buffer
		if err := json.Indent(&buf, r.JSON, "", " "); err != nil {
			return nil, err
		}
		buf.WriteByte('\n')
		files = append(files, packed{fileName(&r), buf.Bytes()})
	}
	return files, nil
}

func indented(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(v)
	return buf.Bytes(), err
}

func fileName(r *Resource) string { return r.Type + "-" + r.ID + ".json" }

type manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Type         string            `json:"type"`
	Title        string            `json:"title,omitempty"`
	Description  string            `json:"description"`
	Canonical    string            `json:"canonical"`
	FHIRVersions []string          `json:"fhirVersions"`
	Dependencies map[string]string `json:"dependencies"`
	Author       string            `json:"author"`
	License      string            `json:"license"`
}

func newManifest(t *taxonomy.Taxonomy) manifest {
	core, version := "hl7.fhir.r4.core", "4.0.1"
	if strings.HasPrefix(t.FHIRVersion, "3.") {
		core, version = "hl7.fhir.r3.core", "3.0.2"
	}
	return manifest{
		Name: PackageName, Version: packageVersion(t), Type: "fhir.ig", Title: t.Title,
		Description: "Unofficial reconstruction of the taxonomy of the NHS England service Learn from patient safety events (LFPSE). Not published or endorsed by NHS England. Each element says how well it is known.",
		Canonical:   strings.TrimSuffix(t.CanonicalBase, "/"), FHIRVersions: []string{version},
		Dependencies: map[string]string{core: version}, Author: "lfpse-go", License: "Apache-2.0",
	}
}

// packageVersion is that of the taxonomy with the day of the edition, such as
// 6.0.0-20261122.
func packageVersion(t *taxonomy.Taxonomy) string {
	v := t.Version
	for strings.Count(v, ".") < 2 {
		v += ".0"
	}
	if t.Date != "" {
		v += "-" + strings.ReplaceAll(t.Date, "-", "")
	}
	return v
}

type packageIndex struct {
	Version int         `json:"index-version"`
	Files   []indexFile `json:"files"`
}

type indexFile struct {
	FileName     string `json:"filename"`
	ResourceType string `json:"resourceType"`
	ID           string `json:"id"`
	URL          string `json:"url"`
	Version      string `json:"version,omitempty"`
	Kind         string `json:"kind,omitempty"`
	Type         string `json:"type,omitempty"`
	Content      string `json:"content,omitempty"`
}

func newIndex(resources []Resource) packageIndex {
	index := packageIndex{Version: 2}
	for i := range resources {
		r := &resources[i]
		index.Files = append(index.Files, indexFile{
			FileName: fileName(r), ResourceType: r.Type, ID: r.ID, URL: r.URL, Version: r.tree.text("version"),
			Kind: r.tree.text("kind"), Type: r.tree.text("type"), Content: r.tree.text("content"),
		})
	}
	return index
}

// The limits of what [ReadPackage] reads.
const (
	maxFiles = 5000
	maxTotal = 64 << 20 // bytes, after decompression
)

// ReadPackage reads the conformance resources of a FHIR package: a folder that
// holds package/, that folder itself or any other with JSON files, or a .tgz file.
// It leaves out package.json, .index.json, subfolders and resources of other
// types. At most 5000 files and 64 MiB are read.
func ReadPackage(name string) ([]Resource, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	b := &bundle{}
	if info.IsDir() {
		err = b.folder(os.DirFS(name))
	} else {
		err = b.archive(name)
	}
	if err == nil && len(b.resources) == 0 {
		err = errors.New("there is no StructureDefinition, ValueSet or CodeSystem in it")
	}
	return b.resources, err
}

type bundle struct {
	resources []Resource
	files     int
	total     int
}

var errTooLarge = fmt.Errorf("the package has more than %d files or %d MiB", maxFiles, maxTotal>>20)

func (b *bundle) add(name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, MaxResource+1))
	if err != nil {
		return err
	}
	if b.files, b.total = b.files+1, b.total+len(text); b.files > maxFiles || b.total > maxTotal {
		return errTooLarge
	}
	res, err := Parse(text)
	if err != nil {
		var kind struct {
			ResourceType string `json:"resourceType"`
		}
		if json.Unmarshal(text, &kind) == nil && kind.ResourceType != StructureDefinition && kind.ResourceType != ValueSet && kind.ResourceType != CodeSystem {
			return nil // such as an ImplementationGuide
		}
		return fmt.Errorf("%s: %w", path.Base(name), err)
	}
	b.resources = append(b.resources, res)
	return nil
}

func wanted(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".json") && base != "package.json" && !strings.HasPrefix(base, ".")
}

func (b *bundle) folder(dir fs.FS) error {
	if info, err := fs.Stat(dir, "package"); err == nil && info.IsDir() {
		if dir, err = fs.Sub(dir, "package"); err != nil {
			return err
		}
	}
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !wanted(e.Name()) {
			continue
		}
		f, err := dir.Open(e.Name())
		if err != nil {
			return err
		}
		if err := errors.Join(b.add(e.Name(), f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bundle) archive(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return errors.New("the file is not a gzipped tar file")
	}
	// The limit includes entries that are skipped.
	archive := tar.NewReader(io.LimitReader(zip, maxTotal+1<<20))
	for {
		head, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the archive cannot be read to its end, or is larger than %d MiB", maxTotal>>20)
		}
		if folder, _ := path.Split(head.Name); head.Typeflag != tar.TypeReg || folder != "package/" || !wanted(head.Name) {
			continue
		}
		if err := b.add(head.Name, archive); err != nil {
			return err
		}
	}
}
