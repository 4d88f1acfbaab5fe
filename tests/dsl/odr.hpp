// Between the two translation units of the ODR test.
#pragma once
#include "reference_models.hpp"

/// Addresses as odr_b.cpp sees them.
const void* seen_fashion();
const void* seen_verdict();
