// The whole target is in the header, but a target needs a source file.
#include "cpu_target.h"
