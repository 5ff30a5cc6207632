// What Swift sees of zstd.
#pragma once
#include <zstd.h>
