// Compiled kernels on disk, by content. One file per key, `<directory>/<first two digits>/<key>`, with a header that repeats
// the key and carries size and hash of the object: an entry that does not match its header is treated as absent and replaced.
//
// Any number of processes and threads may read and write the same directory: entries are written under a temporary name and
// renamed, and equal keys mean equal content, so it does not matter who wins. Entries are not synced to the disk: after a
// power cut the hash finds what was lost.
#pragma once
#include "llvm/compile.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace ingot::codegen {

class ObjectCache final : public KernelCache {
 public:
  /// Nothing is created before the first store. A directory that cannot be used only means that nothing is ever found.
  explicit ObjectCache(std::filesystem::path directory);
  [[nodiscard]] std::string find(std::string_view key) override;
  void store(std::string_view key, std::string_view object) override;
  /// Where the entry of `key` lies, whether it exists or not.
  [[nodiscard]] std::filesystem::path path_of(std::string_view key) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace ingot::codegen
