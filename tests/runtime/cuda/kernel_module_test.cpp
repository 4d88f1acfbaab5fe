#include "cuda/kernel_module.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace ingot::runtime::cuda;

namespace {

/// "cubin 90", "ptx 80", "emulated 0", "none"
std::string chosen(const std::vector<ingot_device_image>& images, int sm) {
  const ingot_device_image* image = choose_image(images, sm);
  if (image == nullptr) return "none";
  const char* kinds[] = {"ptx", "cubin", "emulated"};
  return std::string(kinds[image->kind]) + " " + std::to_string(image->sm);
}

}  // namespace

TEST_CASE("the image for a device", "[cuda]") {
  const std::vector<ingot_device_image> images = {{INGOT_IMAGE_PTX, 80, nullptr, 0},   {INGOT_IMAGE_CUBIN, 80, nullptr, 0},
                                                  {INGOT_IMAGE_CUBIN, 90, nullptr, 0}, {INGOT_IMAGE_CUBIN, 100, nullptr, 0},
                                                  {INGOT_IMAGE_PTX, 90, nullptr, 0},   {INGOT_IMAGE_EMULATED, 0, nullptr, 0}};
  CHECK(chosen(images, 80) == "cubin 80");
  CHECK(chosen(images, 86) == "cubin 80");  // machine code runs on later minor versions
  CHECK(chosen(images, 89) == "cubin 80");
  CHECK(chosen(images, 90) == "cubin 90");
  CHECK(chosen(images, 103) == "cubin 100");
  CHECK(chosen(images, 120) == "ptx 90");  // no machine code for it: the newest text
  CHECK(chosen(images, 75) == "none");
  CHECK(chosen(images, 0) == "emulated 0");
  CHECK(chosen({images[1]}, 90) == "none");  // but not on a later major version
  CHECK(chosen({}, 90) == "none");
}
