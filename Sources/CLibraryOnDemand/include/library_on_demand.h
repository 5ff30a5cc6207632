// A shared library that is loaded when it is first needed, and its functions.
#pragma once

/// The library of that file name; null where it can't be loaded, and then `problem` says why.
void *library_open(const char *file, const char **problem);

/// Sets the function pointer at `function` to the library's function of that name. Where there is none,
/// `problem` says so, unless it already says something.
void library_find(void *library, const char *name, void *function, const char **problem);
