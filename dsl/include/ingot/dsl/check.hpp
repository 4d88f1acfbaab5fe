// INGOT_SOUND(m): proves the model m, a constexpr variable, at compile time; a mistake is one readable error on this line.
#pragma once
#pragma GCC system_header  // so that the error is shown where the macro is used, not here
#include <ingot/dsl/report.hpp>

#if defined(__clang__)
#define INGOT_SOUND(M) static_assert(::ingot::invalid_model<::ingot::reason<M>()>::ok)
#else
#define INGOT_SOUND(M) static_assert(::ingot::invalid_model<::ingot::reason<M>()>())
#endif
