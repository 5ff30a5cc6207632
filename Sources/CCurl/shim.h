// What Swift sees of curl.
#pragma once
#include <curl/curl.h>
