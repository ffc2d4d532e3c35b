// WEIR_API marks what the libraries export; everything else is hidden.
#pragma once

#define WEIR_API __attribute__((visibility("default")))
