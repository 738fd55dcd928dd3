//go:build unix

package main

import (
	"bytes"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// The disk stands between SQLite and its files: a copy of the ordinary VFS in which
// write, truncate, sync and delete pass by a function of ours. Everything else goes where it went.
var disk struct {
	once  sync.Once
	open  uintptr // of the ordinary VFS
	del   uintptr
	mu    sync.Mutex
	names map[uintptr]string  // of open files
	ours  map[uintptr]uintptr // methods with our functions, by the ordinary ones
	plain map[uintptr]uintptr // the other way round
	watch func(diskOp) int32
}

// watchDisk has a function called before each operation of SQLite on a file, in this
// process from now on. It returns 0, or a code of SQLite with which the operation fails.
func watchDisk(watch func(diskOp) int32) {
	disk.mu.Lock()
	disk.watch = watch
	disk.mu.Unlock()
	disk.once.Do(func() {
		tls := libc.NewTLS()
		disk.names, disk.ours, disk.plain = map[uintptr]string{}, map[uintptr]uintptr{}, map[uintptr]uintptr{}
		vfs := *at[lib.Tsqlite3_vfs](lib.Xsqlite3_vfs_find(tls, 0))
		name, err := libc.CString("watched")
		if err != nil {
			panic(err)
		}
		disk.open, disk.del = vfs.FxOpen, vfs.FxDelete
		vfs.FzName, vfs.FpNext, vfs.FxOpen, vfs.FxDelete = name, 0, pointer(diskOpen), pointer(diskDelete)
		lib.Xsqlite3_vfs_register(tls, kept(tls, vfs), 1)
	})
}

// at is what stands at an address of SQLite's memory.
func at[T any](address uintptr) *T { return (*T)(*(*unsafe.Pointer)(unsafe.Pointer(&address))) }

// kept copies a value into SQLite's memory.
func kept[T any](tls *libc.TLS, value T) uintptr {
	address := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(value)))
	*at[T](address) = value
	return address
}

// pointer and function go between a Go function and how SQLite keeps it.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](disk.open)
	rc := open(tls, vfs, name, file, flags, out)
	f := at[lib.Tsqlite3_file](file)
	if rc != lib.SQLITE_OK || f.FpMethods == 0 || name == 0 {
		return rc
	}
	disk.mu.Lock()
	defer disk.mu.Unlock()
	ours, known := disk.ours[f.FpMethods]
	if !known {
		methods := *at[lib.Tsqlite3_io_methods](f.FpMethods)
		methods.FxWrite, methods.FxTruncate, methods.FxSync = pointer(diskWrite), pointer(diskTruncate), pointer(diskSync)
		ours = kept(tls, methods)
		disk.ours[f.FpMethods], disk.plain[ours] = ours, f.FpMethods
	}
	disk.names[file], f.FpMethods = libc.GoString(name), ours
	return rc
}

func diskDelete(tls *libc.TLS, vfs, name uintptr, syncFolder int32) int32 {
	disk.mu.Lock()
	watch := disk.watch
	disk.mu.Unlock()
	if watch != nil {
		if rc := watch(diskOp{Kind: opDelete, File: libc.GoString(name)}); rc != 0 {
			return rc
		}
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](disk.del)(tls, vfs, name, syncFolder)
}

// pass asks the function that watches, and returns the ordinary methods of the file.
func pass(file uintptr, op diskOp) (methods *lib.Tsqlite3_io_methods, rc int32) {
	disk.mu.Lock()
	op.File = disk.names[file]
	methods, watch := at[lib.Tsqlite3_io_methods](disk.plain[at[lib.Tsqlite3_file](file).FpMethods]), disk.watch
	disk.mu.Unlock()
	if watch != nil {
		rc = watch(op)
	}
	return methods, rc
}

func diskWrite(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	methods, rc := pass(file, diskOp{Kind: opWrite, At: offset, Data: bytes.Clone(unsafe.Slice(at[byte](from), n))})
	if rc != 0 {
		return rc
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](methods.FxWrite)(tls, file, from, n, offset)
}

func diskTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	methods, rc := pass(file, diskOp{Kind: opTruncate, At: size})
	if rc != 0 {
		return rc
	}
	return function[func(*libc.TLS, uintptr, int64) int32](methods.FxTruncate)(tls, file, size)
}

func diskSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	methods, rc := pass(file, diskOp{Kind: opSync})
	if rc != 0 {
		return rc
	}
	return function[func(*libc.TLS, uintptr, int32) int32](methods.FxSync)(tls, file, flags)
}
