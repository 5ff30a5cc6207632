// The interface of zstd for Swift: the stable functions, and the error codes.
#pragma once
#include <zstd.h>
#include <zstd_errors.h>
