#include "odr.hpp"

using namespace reference;

INGOT_EXPORT(resnet);

const void* seen_fashion() { return &fashion; }
const void* seen_verdict() { return &ingot::verdict_of<resnet>; }
