// What Swift sees of zstd: the stable interface, and its error codes.
#pragma once
#include <zstd.h>
#include <zstd_errors.h>
