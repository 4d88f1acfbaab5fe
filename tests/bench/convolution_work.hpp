// What the figure `convolutions` times: the 3 x 3 convolutions of common models and their gradients, in float32 on batches of 64.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace ingot::bench {

inline constexpr std::int64_t convolution_batch = 64;

/// 3 x 3 in steps of 1 with one pixel of padding: image and result are both `side` x `side`.
struct Convolution {
  std::int64_t side = 1, channels = 1, filters = 1;
};

enum class Direction : std::uint8_t { forward, image_gradient, kernel_gradient };

/// Two operations for each product, padding included; the same in all directions.
constexpr double flops(const Convolution& c) {
  return 2.0 * 9 * static_cast<double>(convolution_batch * c.side * c.side * c.channels * c.filters);
}

/// Does the work once, on operands that stay where they are.
using Work = std::function<void()>;

enum class Form : std::uint8_t { direct, winograd };
/// Ours, without the copies from and to the caller's memory. None where the compiler has no such form.
[[nodiscard]] std::optional<Work> our_work(const Convolution& c, Direction d, Form form, std::uint32_t threads);

/// oneDNN's direct primitives in the memory formats of their choice. None when it was not found.
[[nodiscard]] std::optional<Work> onednn_work(const Convolution& c, Direction d, std::uint32_t threads);
/// "2.6.3", or empty.
[[nodiscard]] std::string_view onednn_version();

}  // namespace ingot::bench
