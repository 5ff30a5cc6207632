// The header holds all of this target; a target needs a source.
#include "cpu_target.h"
