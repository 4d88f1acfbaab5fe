// Files that are either the old ones or the new ones, never half of them: what is written goes to a temporary name in the same
// folder, is synced, and takes the place of the target by rename; then the folder is synced. After any failure (exception, kill,
// power) what was there before stays. Failures of the system throw MachineError with the path and the reason.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace ingot::runtime {

class AtomicFile {
 public:
  /// Opens a temporary file beside `target`; the folder must exist.
  explicit AtomicFile(std::filesystem::path target);
  /// Removes the temporary file when commit was not reached.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, std::size_t bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Syncs and renames. To be called once, last.
  void commit();

 private:
  std::filesystem::path target_, temporary_;
  int descriptor_ = -1;
};

/// The whole content in one call.
void write_atomically(const std::filesystem::path& target, std::string_view content);

/// Removes from `folder` the temporary files of processes that were killed while they wrote; those of living ones stay. Nothing is
/// reported: such a file harms nobody.
void remove_abandoned(const std::filesystem::path& folder);

/// Makes a rename in `folder` survive a loss of power. Throws MachineError.
void sync_folder(const std::filesystem::path& folder);

/// The whole file. Throws UserError when it does not exist or is no regular file, MachineError when it cannot be read.
std::string read_whole_file(const std::filesystem::path& path);

}  // namespace ingot::runtime
