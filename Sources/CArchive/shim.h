// What Swift sees of archive.
#pragma once
#include <archive_entry.h>
#include <archive.h>
