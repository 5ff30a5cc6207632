// A shared library that is loaded on first use, and its functions.
#pragma once

/// The library with this file name; null if it can't be loaded, with the reason in `problem`.
void *library_open(const char *file, const char **problem);

/// The same, whose functions are visible to the libraries that it loads itself.
void *library_open_for_plugins(const char *file, const char **problem);

/// Sets the function pointer at `function` to the library's function with this name. If there is none, sets `problem`
/// to a description, unless it is already set.
void library_find(void *library, const char *name, void *function, const char **problem);
