// How the C library keeps freed memory, which Swift's Glibc module leaves out.
#include <malloc.h>
