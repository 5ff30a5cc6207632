// The interface of libarchive for Swift: its types and constants, and its functions without the prefix `archive_`.
// The library is loaded on first use: with its ten dependencies, loading takes a tenth of a command's start-up time.
#pragma once
#include <archive.h>
#include <archive_entry.h>

/// The functions that are used, by their names without `archive_`.
#define ARCHIVE_FUNCTIONS(FUNCTION)                                                                                  \
  FUNCTION(error_string)                                                                                             \
  FUNCTION(filter_bytes)                                                                                             \
  FUNCTION(filter_count)                                                                                             \
  FUNCTION(read_new)                                                                                                 \
  FUNCTION(read_free)                                                                                                \
  FUNCTION(read_support_filter_bzip2)                                                                                \
  FUNCTION(read_support_filter_compress)                                                                             \
  FUNCTION(read_support_filter_xz)                                                                                   \
  FUNCTION(read_support_format_empty)                                                                                \
  FUNCTION(read_support_format_raw)                                                                                  \
  FUNCTION(read_support_format_tar)                                                                                  \
  FUNCTION(read_support_format_zip)                                                                                  \
  FUNCTION(read_support_format_zip_seekable)                                                                         \
  FUNCTION(read_open)                                                                                                \
  FUNCTION(read_open_filename)                                                                                       \
  FUNCTION(read_next_header)                                                                                         \
  FUNCTION(read_header_position)                                                                                     \
  FUNCTION(read_data)                                                                                                \
  FUNCTION(write_new)                                                                                                \
  FUNCTION(write_free)                                                                                               \
  FUNCTION(write_set_format_zip)                                                                                     \
  FUNCTION(write_zip_set_compression_store)                                                                          \
  FUNCTION(write_set_bytes_in_last_block)                                                                            \
  FUNCTION(write_open)                                                                                               \
  FUNCTION(write_header)                                                                                             \
  FUNCTION(write_data)                                                                                               \
  FUNCTION(write_finish_entry)                                                                                       \
  FUNCTION(write_close)                                                                                              \
  FUNCTION(entry_new)                                                                                                \
  FUNCTION(entry_free)                                                                                               \
  FUNCTION(entry_filetype)                                                                                           \
  FUNCTION(entry_hardlink)                                                                                           \
  FUNCTION(entry_symlink)                                                                                            \
  FUNCTION(entry_pathname)                                                                                           \
  FUNCTION(entry_pathname_utf8)                                                                                      \
  FUNCTION(entry_size)                                                                                               \
  FUNCTION(entry_size_is_set)                                                                                        \
  FUNCTION(entry_set_filetype)                                                                                       \
  FUNCTION(entry_set_mtime)                                                                                          \
  FUNCTION(entry_set_pathname_utf8)                                                                                  \
  FUNCTION(entry_set_perm)                                                                                           \
  FUNCTION(entry_set_size)

/// The pointers to the functions.
struct archive_functions {
#define ARCHIVE_POINTER(name) __typeof__(archive_##name) *_Nonnull name;
  ARCHIVE_FUNCTIONS(ARCHIVE_POINTER)
#undef ARCHIVE_POINTER
};

/// Loads libarchive on the first call. Returns null if it can't be loaded, with the reason in `problem`.
const struct archive_functions *_Nullable archive_load(const char *_Nullable *_Nonnull problem);
