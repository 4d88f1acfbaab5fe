// Lists of image files as data sets: every file is decoded once to find the ones that cannot be, and kept while memory lasts.
#pragma once
#include <ingot/runtime/data/images.hpp>
#include <ingot/runtime/image/decode.hpp>

#include "data/image_list.hpp"
#include "data/workers.hpp"

namespace ingot::runtime {

/// What images become for the input of a model with one input. Throws UserError when it does not take images.
ImageFormat image_format(const ModelPorts& ports, bool antialias);

class ImageLoader {
 public:
  ImageLoader(const ModelPorts& ports, const ImageOptions& options);

  /// The files of `list` that can be decoded, in its order; `list` is left with them alone. Targets where the list has labels. Takes its
  /// part of the memory limit when all rows fit. Throws UserError when none can be decoded, with `strict` when one cannot.
  Dataset load(ImageList& list);
  /// One sentence each about what load() skipped or did not keep.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  const ModelPorts& ports_;
  ImageFormat format_;
  bool strict_;
  std::function<void(std::size_t done, std::size_t files)> on_decoded_;
  std::uint64_t memory_left_;
  std::shared_ptr<Workers> workers_;
  std::vector<std::string> notes_;
};

}  // namespace ingot::runtime
