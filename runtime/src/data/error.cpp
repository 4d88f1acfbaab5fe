#include <ingot/runtime/data/error.hpp>

#include <system_error>

namespace ingot::runtime {

MachineError machine_error(const std::string& what, const std::string& path, int error_number) {
  return MachineError("cannot " + what + " " + path + ": " + std::generic_category().message(error_number));
}

}  // namespace ingot::runtime
