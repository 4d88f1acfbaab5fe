#include "conformance_model.hpp"

INGOT_EXPORT(conformance);
