// Lists of image files as data sets. Without a cache every file is decoded once, to find the ones that cannot be, and kept while memory
// lasts. With one, files are looked at only (image/decode.hpp, probe_image), and decoded when their rows are asked for first; the identity
// of such data is that of the files, not of their pixels.
#pragma once
#include "data/image_list.hpp"
#include "data/workers.hpp"

#include <ingot/runtime/cache/cached_rows.hpp>
#include <ingot/runtime/data/images.hpp>
#include <ingot/runtime/image/decode.hpp>

namespace ingot::runtime {

/// What images become for the input of a model with one input. Throws UserError when it does not take images.
ImageFormat image_format(const ModelPorts& ports, bool antialias);

class ImageLoader {
 public:
  ImageLoader(const ModelPorts& ports, const ImageOptions& options, RowCacheOptions cache = {});

  /// The files of `list` that can be decoded, in its order; `list` is left with them alone. Targets where the list has labels. Takes its
  /// part of the memory limit when all rows fit. Throws UserError when none can be decoded, with `strict` when one cannot.
  Dataset load(ImageList& list);
  /// One sentence each about what load() skipped or did not keep.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  // image_loader.cpp
  Dataset load_decoded(ImageList& list);
  void add_labels(const ImageList& list, Dataset& data) const;

  // image_loader_cached.cpp
  Dataset load_cached(ImageList& list);
  [[nodiscard]] CacheKey key_of(const ImageList& list) const;
  /// The complete file of these images, if there is one that is whole; `list` is left with the files that it holds.
  std::optional<Table> open_cache(const CacheKey& key, ImageList& list);
  /// The rows as they are decoded and kept from now on; `skipped`: numbers of files that are not in `list` any more.
  Table begin_cache(const CacheKey& key, const std::vector<std::uint32_t>& skipped, const ImageList& list);
  std::unique_ptr<RowStore> begin_file(const CacheKey& key, const std::vector<std::uint32_t>& skipped, const ImageList& list,
                                       std::uint64_t row_bytes);

  const ModelPorts& ports_;
  ImageFormat format_;
  bool strict_;
  std::function<void(std::size_t done, std::size_t files)> on_decoded_;
  RowCacheOptions cache_;
  std::uint64_t memory_left_;
  std::shared_ptr<Workers> workers_;
  std::vector<std::string> notes_;
};

}  // namespace ingot::runtime
