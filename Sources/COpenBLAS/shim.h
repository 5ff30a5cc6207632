// What Swift sees of openblas.
#pragma once
#include <cblas.h>
