#include <ingot/runtime/cache/cache_key.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <cerrno>
#include <sys/stat.h>

namespace ingot::runtime {

CacheKey::CacheKey(std::string_view what, std::uint64_t version) { add(what).add_number(version); }

// The length goes first, so that texts cannot run into one another.
CacheKey& CacheKey::add(std::string_view text) {
  add_number(text.size());
  first_.add(text);
  second_.add(text);
  return *this;
}

CacheKey& CacheKey::add_number(std::uint64_t number) {
  first_.add_number(number);
  second_.add_number(number);
  return *this;
}

CacheKey& CacheKey::add_file(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw UserError(fmt::format("there is no file {}", path.string()));
    throw machine_error("read", path.string(), errno);
  }
  add(std::filesystem::absolute(path).lexically_normal().native());
  add_number(static_cast<std::uint64_t>(status.st_size));
  return add_number(static_cast<std::uint64_t>(status.st_mtim.tv_sec)).add_number(static_cast<std::uint64_t>(status.st_mtim.tv_nsec));
}

}  // namespace ingot::runtime
